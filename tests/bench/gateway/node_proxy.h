// What the gateway is compared with: npm's connect-node as a proxy before a store, with a port of
// its own (tests/bench/peer).
#pragma once

#include <string>

#include "tests/harness/server.h"

namespace usersync::tests {

class NodeProxy final : public Server {
 public:
  // `script` is the file that node runs; `store` an address; `log_path` takes what it prints.
  NodeProxy(std::string script, std::string store, std::string log_path);

  int port() const { return port_; }

 private:
  Process::Options Command() const override;
  bool Answers() override;

  const std::string script_;
  const std::string store_;
  const std::string log_path_;
  const int port_;
};

}  // namespace usersync::tests
