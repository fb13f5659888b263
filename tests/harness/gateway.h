// A gateway in front of stores: usersync-gateway serve, on ports of its own.
#pragma once

#include <string>
#include <vector>

#include "tests/harness/preparation.h"
#include "tests/harness/server.h"

namespace usersync::tests {

class Gateway final : public Server {
 public:
  // `stores` are addresses.
  Gateway(const Preparation& preparation, std::vector<std::string> stores);

  // Speaks TLS, too, with a certificate (PEM). Before it starts.
  void AddTls(const std::string& certificate, const std::string& key);

  int http_port() const { return port_; }
  int https_port() const { return https_port_; }
  int grpc_port() const { return grpc_port_; }

 private:
  Process::Options Command() const override;
  bool Answers() override;

  const Preparation& preparation_;
  const std::vector<std::string> stores_;
  const int port_;
  const int https_port_;
  const int grpc_port_;
  std::string certificate_;
  std::string key_;
};

}  // namespace usersync::tests
