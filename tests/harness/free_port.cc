#include "tests/harness/free_port.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <random>
#include <set>
#include <stdexcept>

namespace usersync::tests {
namespace {

constexpr int kLeast = 11000;
constexpr int kMost = 31999;
constexpr int kTries = 1000;

bool IsFree(int port) {
  const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  // As servers do, so that connections in TIME_WAIT do not count.
  setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool free = bind(probe, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  close(probe);
  return free;
}

}  // namespace

int FreePort() {
  static std::random_device random;
  static std::set<int> given;
  std::uniform_int_distribution<int> any(kLeast, kMost);
  for (int i = 0; i < kTries; ++i) {
    const int port = any(random);
    if (given.count(port) == 0 && IsFree(port)) {
      given.insert(port);
      return port;
    }
  }
  throw std::runtime_error("no free port");
}

}  // namespace usersync::tests
