// A gateway in front of stores: usersync-gateway serve, on a port of its own.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/harness/preparation.h"
#include "tests/harness/server.h"

namespace usersync::tests {

class Gateway final : public Server {
 public:
  // `stores` are addresses.
  Gateway(const Preparation& preparation, std::vector<std::string> stores);

  int http_port() const { return port_; }

  // One more variable of its environment, from its next start on.
  void SetVariable(const std::string& name, const std::string& value) { variables_[name] = value; }

 private:
  Process::Options Command() const override;
  bool Answers() override;

  const Preparation& preparation_;
  const std::vector<std::string> stores_;
  const int port_;
  std::map<std::string, std::string> variables_;
};

}  // namespace usersync::tests
