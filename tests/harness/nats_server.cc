#include "tests/harness/nats_server.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "tests/harness/nats_client.h"

namespace usersync::tests {
namespace {

// Debian puts it where only root looks.
constexpr char kDebianPath[] = "/usr/sbin/nats-server";

}  // namespace

std::string NatsServer::url() const {
  return absl::StrCat("nats://127.0.0.1:", preparation_.nats_port);
}

Process::Options NatsServer::Command() const {
  const bool is_debian = access(kDebianPath, X_OK) == 0;
  return {.name = "nats-server",
          .argv = {is_debian ? kDebianPath : "nats-server", "-c", preparation_.nats_config},
          .log_path = preparation_.LogPath("nats")};
}

bool NatsServer::Answers() { return NatsClient::Connect({.url = url()}).ok(); }

}  // namespace usersync::tests
