#include "gateway/identity.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace usersync::gateway {
namespace {

constexpr char kDefaultActor[] = "frontend-client";
constexpr absl::string_view kReserved[] = {"frontend-client", "system", "bridge", "gateway"};
constexpr size_t kMostCharacters = 64;

bool IsActor(absl::string_view name) {
  return !name.empty() && name.size() <= kMostCharacters &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return absl::ascii_isalnum(c) || c == '_' || c == '-'; });
}

}  // namespace

absl::StatusOr<Metadata> Identity::Identify(const HttpHeaders& headers) const {
  std::string actor = kDefaultActor;
  if (const auto claimed = headers.Find("x-user-id")) {
    if (headers.Count("x-user-id") > 1 || !IsActor(*claimed)) {
      return absl::InvalidArgumentError(
          "X-User-ID must be one name of 1 to 64 characters of [A-Za-z0-9_-]");
    }
    if (std::find(std::begin(kReserved), std::end(kReserved), *claimed) != std::end(kReserved)) {
      return absl::InvalidArgumentError("X-User-ID names a part of the system");
    }
    actor = std::string(*claimed);
  }
  return Metadata{{"usersync-token", options_.token},
                  {"usersync-actor", std::move(actor)},
                  {"usersync-roles", "writer"},
                  {"usersync-auth", "none"}};
}

}  // namespace usersync::gateway
