#include "gateway/call_log.h"

#include "absl/status/status.h"
#include "common/log.h"
#include "protos/utf8.h"

namespace usersync::gateway {
namespace {

constexpr size_t kShownCharacters = 128;

}  // namespace

void LogCall(absl::string_view method, absl::string_view request_id, const grpc::Status& status) {
  const bool is_usual = status.ok() || status.error_code() == grpc::StatusCode::CANCELLED;
  const auto level = is_usual ? spdlog::level::debug : spdlog::level::info;
  if (!spdlog::should_log(level)) return;
  spdlog::log(level, "{} ended with {}, request {}", ShowText(method, kShownCharacters),
              absl::StatusCodeToString(static_cast<absl::StatusCode>(status.error_code())),
              std::string(request_id));
}

}  // namespace usersync::gateway
