#include "tests/harness/eventually.h"

#include "absl/time/clock.h"

namespace usersync::tests {
namespace {

constexpr absl::Duration kBetweenLooks = absl::Milliseconds(10);

}  // namespace

bool Eventually(const std::function<bool()>& condition, absl::Duration patience) {
  const absl::Time give_up = absl::Now() + patience;
  while (!condition()) {
    if (absl::Now() > give_up) return false;
    absl::SleepFor(kBetweenLooks);
  }
  return true;
}

}  // namespace usersync::tests
