// usersync-test-gateway ORIGIN...: a gateway before a store's stand-in, for tests in other
// languages. Prints where it listens as a line of JSON, then answers each line of its input with a
// line of what the stand-in has seen. Ends with its input.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/log.h"
#include "gateway/gateway.h"
#include "gateway/testing/backend.h"
#include "gateway/testing/tls_client.h"
#include "tests/harness/temp_dir.h"

namespace usersync::tests {
namespace {

void Say(const nlohmann::json& json) { std::cout << json.dump() << std::endl; }

int Main(std::vector<std::string> origins) {
  // To stderr: what is printed is for the tests.
  InitLog("usersync-test-gateway", "warning");
  const TempDir secrets;
  std::ofstream(secrets.path() + "/gateway.token") << "the-token\n";
  const gateway::TlsContext::Files tls = {secrets.path() + "/gateway.crt",
                                          secrets.path() + "/gateway.key"};
  gateway::WriteCertificate(tls.certificate, tls.key, "localhost");
  gateway::Backend backend;
  backend.Start();
  const auto gateway = gateway::Gateway::Start({.http_port = 0,
                                                .https_port = 0,
                                                .tls = tls,
                                                .grpc_port = 0,
                                                .metrics_port = 0,
                                                .stores = {backend.address()},
                                                .secrets_dir = secrets.path(),
                                                .allowed_origins = std::move(origins),
                                                .drain_timeout = absl::Seconds(1),
                                                .more_services = {"/grpc.testing.TestService/"}});
  if (!gateway.ok()) {
    std::cerr << gateway.status() << std::endl;
    return 1;
  }
  Say({{"url", absl::StrCat("http://127.0.0.1:", (*gateway)->http_port())},
       {"tlsUrl", absl::StrCat("https://127.0.0.1:", (*gateway)->https_port())}});
  for (std::string line; std::getline(std::cin, line);) {
    Say({{"open", backend.open()}, {"cancelled", backend.cancelled()}});
  }
  return 0;
}

}  // namespace
}  // namespace usersync::tests

int main(int argc, char** argv) { return usersync::tests::Main({argv + 1, argv + argc}); }
