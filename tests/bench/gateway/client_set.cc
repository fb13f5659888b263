#include "tests/bench/gateway/client_set.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>

#include "absl/time/clock.h"

namespace usersync::tests {
namespace {

// So that a deadline is seen while nothing comes.
constexpr int kMostWaitMs = 10;

}  // namespace

ClientSet::ClientSet(const Connect& connect, int count) : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  for (int i = 0; i < count; ++i) {
    clients_.push_back(connect());
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = clients_.back().get();
    epoll_ctl(epoll_, EPOLL_CTL_ADD, clients_.back()->fd(), &event);
  }
}

ClientSet::~ClientSet() { close(epoll_); }

void ClientSet::RunUntil(absl::Time deadline, const std::function<bool()>& done) {
  std::array<epoll_event, 64> events;
  while (!done() && absl::Now() < deadline) {
    const int count = epoll_wait(epoll_, events.data(), events.size(), kMostWaitMs);
    for (int i = 0; i < count; ++i) static_cast<CallClient*>(events[i].data.ptr)->Turn();
  }
}

}  // namespace usersync::tests
