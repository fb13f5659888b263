// A store of a line: usersync-store serve, on a port of its own.
#pragma once

#include <string>
#include <vector>

#include "common/tls_credentials.h"
#include "tests/harness/preparation.h"
#include "tests/harness/server.h"

namespace usersync::tests {

class Store final : public Server {
 public:
  // `number` tells the stores of a line apart, from 1.
  Store(const Preparation& preparation, int number);

  // Runs another command of usersync-store to its end; returns what it prints, or an error that
  // holds it.
  static absl::StatusOr<std::string> Run(const Preparation& preparation,
                                         const std::vector<std::string>& arguments);

  // Runs `usersync-store migrate up` or `status` as the owner; returns what it prints.
  static absl::StatusOr<std::string> Migrate(const Preparation& preparation,
                                             const std::string& command = "up");

  int port() const { return port_; }
  std::string address() const;

  // From its next start on it shows a certificate and wants one; `ours` is what it is asked with
  // whether it answers.
  void SetCertificate(const TlsFiles& own, const TlsFiles& ours);

 private:
  Process::Options Command() const override;
  bool Answers() override;

  const Preparation& preparation_;
  const int number_;
  const int port_;
  TlsFiles ours_;
};

}  // namespace usersync::tests
