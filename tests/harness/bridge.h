// A bridge of a line: usersync-bridge serve, between the NATS server and all the stores.
#pragma once

#include <string>
#include <vector>

#include "tests/harness/preparation.h"
#include "tests/harness/server.h"

namespace usersync::tests {

class Bridge final : public Server {
 public:
  // `number` tells the bridges of a line apart, from 1. `stores` are addresses.
  Bridge(const Preparation& preparation, int number, std::vector<std::string> stores);

  // Runs another command of usersync-bridge as `user`; returns what it prints.
  absl::StatusOr<std::string> Run(const std::vector<std::string>& arguments,
                                  const std::string& user = "bridge") const;

 private:
  Process::Options Command() const override;
  bool Answers() override;
  Process::Options CommandOf(const std::vector<std::string>& arguments,
                             const std::string& user) const;

  const Preparation& preparation_;
  const int number_;
  const std::vector<std::string> stores_;
};

}  // namespace usersync::tests
