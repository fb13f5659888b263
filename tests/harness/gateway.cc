#include "tests/harness/gateway.h"

#include <exception>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/harness/free_port.h"
#include "tests/harness/http_client.h"
#include "tests/harness/programs.h"

namespace usersync::tests {

Gateway::Gateway(const Preparation& preparation, std::vector<std::string> stores)
    : preparation_(preparation),
      stores_(std::move(stores)),
      port_(FreePort()),
      https_port_(FreePort()),
      grpc_port_(FreePort()) {}

void Gateway::AddTls(const std::string& certificate, const std::string& key) {
  certificate_ = certificate;
  key_ = key;
}

Process::Options Gateway::Command() const {
  return {.name = "gateway",
          .argv = {ProgramPath("usersync-gateway"), "serve"},
          .environment = {{"USERSYNC_GATEWAY_HTTP_PORT", absl::StrCat(port_)},
                          {"USERSYNC_GATEWAY_HTTPS_PORT", absl::StrCat(https_port_)},
                          {"USERSYNC_TLS_CERT", certificate_},
                          {"USERSYNC_TLS_KEY", key_},
                          {"USERSYNC_GATEWAY_GRPC_PORT", absl::StrCat(grpc_port_)},
                          {"USERSYNC_GATEWAY_METRICS_PORT", "0"},
                          {"USERSYNC_STORE_ADDR", absl::StrJoin(stores_, ",")},
                          {"USERSYNC_SECRETS_DIR", preparation_.secrets_dir}},
          .log_path = preparation_.LogPath("gateway")};
}

bool Gateway::Answers() {
  try {
    return HttpClient(port_).Ask("GET", "/healthz").status == 200;
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace usersync::tests
