#include "gateway/actor.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace usersync::gateway {
namespace {

// No constexpr: with AddressSanitizer the address of an inline variable is no constant to g++ 12.
const absl::string_view kReserved[] = {kDefaultActor, "system", "bridge", "gateway"};
constexpr size_t kMostCharacters = 64;

}  // namespace

bool IsActor(absl::string_view name) {
  return !name.empty() && name.size() <= kMostCharacters &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return absl::ascii_isalnum(c) || c == '_' || c == '-'; });
}

bool IsReservedActor(absl::string_view name) {
  return std::find(std::begin(kReserved), std::end(kReserved), name) != std::end(kReserved);
}

}  // namespace usersync::gateway
