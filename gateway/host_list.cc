#include "gateway/host_list.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace usersync::gateway {
namespace {

// Without the port; "" if what stands there is none.
absl::string_view NameOf(absl::string_view authority) {
  const size_t colon = authority.rfind(':');
  // An IPv6 address in brackets holds colons of its own.
  if (colon == absl::string_view::npos || authority.find(']', colon) != absl::string_view::npos) {
    return authority;
  }
  const absl::string_view port = authority.substr(colon + 1);
  const bool is_port = !port.empty() && port.size() <= 5 &&
                       std::all_of(port.begin(), port.end(), absl::ascii_isdigit);
  return is_port ? authority.substr(0, colon) : "";
}

}  // namespace

HostList::HostList(std::vector<std::string> names) : names_(std::move(names)) {
  for (std::string& name : names_) absl::AsciiStrToLower(&name);
  for (const char* name : kLoopbackNames) names_.push_back(name);
}

bool HostList::Allows(absl::string_view authority) const {
  const std::string name = absl::AsciiStrToLower(NameOf(authority));
  return std::find(names_.begin(), names_.end(), name) != names_.end();
}

}  // namespace usersync::gateway
