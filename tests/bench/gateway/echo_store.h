// A store that answers at once, so that what stands before it is measured and not PostgreSQL:
// usersync-bench-echo, on a port of its own.
#pragma once

#include <string>

#include "tests/harness/server.h"

namespace usersync::tests {

// How many messages StreamHistory is answered with; each, and the answer of GetUser, has 300 bytes.
inline constexpr int kEchoMessages = 100;

class EchoStore final : public Server {
 public:
  EchoStore();

  int port() const { return port_; }
  std::string address() const;

 private:
  Process::Options Command() const override;
  bool Answers() override;

  const int port_;
};

}  // namespace usersync::tests
