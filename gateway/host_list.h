// The names under which the gateway answers. A page elsewhere can make a name of its own point
// here (DNS rebinding): it gets 421.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace usersync::gateway {

// Of this machine.
inline constexpr const char* kLoopbackNames[] = {"localhost", "127.0.0.1", "[::1]"};

class HostList {
 public:
  // kLoopbackNames are always in it. `names` have no port.
  explicit HostList(std::vector<std::string> names);

  // `authority` is a Host or :authority, with or without a port.
  bool Allows(absl::string_view authority) const;

 private:
  std::vector<std::string> names_;
};

}  // namespace usersync::gateway
