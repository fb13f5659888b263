// The NATS server of a line, with the permissions of docker/nats.conf.
#pragma once

#include <string>

#include "tests/harness/preparation.h"
#include "tests/harness/server.h"

namespace usersync::tests {

class NatsServer final : public Server {
 public:
  explicit NatsServer(const Preparation& preparation) : preparation_(preparation) {}

  std::string url() const;

  // Where JetStream keeps its streams. Copy it only while the server is down.
  std::string data() const { return preparation_.nats_data(); }

 private:
  Process::Options Command() const override;
  bool Answers() override;

  const Preparation& preparation_;
};

}  // namespace usersync::tests
