#include "tests/bench/gateway/node_proxy.h"

#include <exception>

#include "absl/strings/str_cat.h"
#include "tests/bench/gateway/client_socket.h"
#include "tests/harness/free_port.h"

namespace usersync::tests {

NodeProxy::NodeProxy(std::string script, std::string store, std::string log_path)
    : script_(std::move(script)),
      store_(std::move(store)),
      log_path_(std::move(log_path)),
      port_(FreePort()) {}

Process::Options NodeProxy::Command() const {
  return {.name = "node",
          .argv = {"node", script_, store_, absl::StrCat(port_)},
          .log_path = log_path_};
}

bool NodeProxy::Answers() {
  try {
    ClientSocket socket(port_);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace usersync::tests
