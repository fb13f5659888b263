// The PostgreSQL server of a line. It runs as the user postgres if we are root.
#pragma once

#include <string>

#include "tests/harness/preparation.h"
#include "tests/harness/server.h"

namespace usersync::tests {

class Postgres final : public Server {
 public:
  explicit Postgres(const Preparation& preparation) : preparation_(preparation) {}

  // Where its data lies. Copy it only while the server is down.
  const std::string& data() const { return preparation_.pgdata; }

 private:
  Process::Options Command() const override;
  bool Answers() override;

  const Preparation& preparation_;
};

}  // namespace usersync::tests
