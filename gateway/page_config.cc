#include "gateway/page_config.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace usersync::gateway {

std::string ToJson(const PageConfig& config) {
  rapidjson::StringBuffer text;
  rapidjson::Writer<rapidjson::StringBuffer> writer(text);
  const auto add = [&writer](const char* key, const std::string& value) {
    writer.Key(key);
    writer.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  };
  writer.StartObject();
  add("natsWsUrl", config.nats_ws_url);
  add("gatewayUrl", config.gateway_url);
  add("gatewayTlsUrl", config.gateway_tls_url);
  writer.EndObject();
  return text.GetString();
}

}  // namespace usersync::gateway
