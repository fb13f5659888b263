#include "gateway/log_plan.h"

#include <utility>

#include "absl/strings/strip.h"
#include "gateway/tile_path.h"
#include "users/v1/log_service.pb.h"

namespace usersync::gateway {
namespace {

// Takes one field out of a response.
template <typename Response>
absl::StatusOr<std::string> Take(const std::string& message,
                                 const std::string& (Response::*field)() const) {
  Response response;
  if (!response.ParseFromString(message)) return absl::InternalError("the store's answer is torn");
  return (response.*field)();
}

RestCall::Plan PlanCheckpoint() {
  RestCall::Plan plan;
  plan.method = "/users.v1.LogService/GetLogHead";
  plan.make_request = [](const std::string&) -> absl::StatusOr<std::string> { return ""; };
  plan.make_text = [](const std::string& message) -> absl::StatusOr<std::string> {
    auto note = Take(message, &users::v1::GetLogHeadResponse::log_checkpoint);
    if (note.ok() && note->empty()) return absl::NotFoundError("this log is not signed");
    return note;
  };
  plan.headers = {{"content-type", "text/plain; charset=utf-8"}, {"cache-control", "no-store"}};
  return plan;
}

RestCall::Plan PlanTile(const TilePath& tile) {
  RestCall::Plan plan;
  plan.method = "/users.v1.LogService/GetLogTile";
  plan.make_request = [tile](const std::string&) -> absl::StatusOr<std::string> {
    users::v1::GetLogTileRequest request;
    request.set_level(tile.level);
    request.set_number(tile.number);
    request.set_width(tile.width);
    return request.SerializeAsString();
  };
  plan.make_text = [](const std::string& message) {
    return Take(message, &users::v1::GetLogTileResponse::hashes);
  };
  // The first hashes of a tile never change, nor does a full one.
  plan.headers = {{"content-type", "application/octet-stream"},
                  {"cache-control", "public, max-age=31536000, immutable"}};
  return plan;
}

}  // namespace

std::optional<RestCall::Plan> PlanLogCall(absl::string_view path) {
  if (path == "/log/checkpoint") return PlanCheckpoint();
  if (!absl::ConsumePrefix(&path, "/log/tile/")) return std::nullopt;
  const auto tile = ParseTilePath(path);
  if (!tile) return std::nullopt;
  return PlanTile(*tile);
}

}  // namespace usersync::gateway
