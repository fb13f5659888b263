#include "tests/bench/gateway/call_load.h"

#include <stdexcept>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/bench/cpu_clock.h"
#include "tests/bench/report.h"

namespace usersync::tests {
namespace {

class Loop {
 public:
  explicit Loop(const CallLoad& load) : load_(load) {}

  // Begins a call there, and another one at its end, for ever.
  void Begin(CallClient& client) {
    client.Begin({.path = load_.path,
                  .message = load_.message,
                  .on_message = [this] { ++messages_; },
                  .on_end =
                      [this, &client, begun = absl::Now()](bool ok) {
                        if (!ok) throw std::runtime_error(absl::StrCat(load_.path, " failed"));
                        times_.push_back(absl::Now() - begun);
                        Begin(client);
                      }});
  }

  void Forget() {
    messages_ = 0;
    times_.clear();
  }

  double messages() const { return static_cast<double>(messages_); }
  const std::vector<absl::Duration>& times() const { return times_; }

 private:
  const CallLoad& load_;
  int64_t messages_ = 0;
  std::vector<absl::Duration> times_;
};

}  // namespace

CallRates MeasureCalls(ClientSet& clients, const CallLoad& load, pid_t server) {
  Loop loop(load);
  for (int i = 0; i < load.concurrent; ++i) loop.Begin(clients.Next());
  // However slow the server: something must have come to an end.
  const auto any = [&] { return !loop.times().empty(); };
  clients.RunUntil(absl::Now() + load.warm_up);
  clients.RunUntil(absl::InfiniteFuture(), any);
  loop.Forget();
  const absl::Duration cpu = CpuTimeOf(server);
  const absl::Time begun = absl::Now();
  clients.RunUntil(begun + load.time);
  clients.RunUntil(absl::InfiniteFuture(), any);
  const double seconds = absl::ToDoubleSeconds(absl::Now() - begun);
  const auto calls = static_cast<double>(loop.times().size());
  return {.calls_per_second = calls / seconds,
          .messages_per_second = loop.messages() / seconds,
          .p50_ms = QuantileMs(loop.times(), 0.50),
          .p99_ms = QuantileMs(loop.times(), 0.99),
          .cpu = (CpuTimeOf(server) - cpu) / calls};
}

}  // namespace usersync::tests
