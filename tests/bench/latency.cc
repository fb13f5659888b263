#include "tests/bench/latency.h"

#include <stdexcept>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/bench/bench_document.h"
#include "tests/harness/eventually.h"
#include "tests/harness/must.h"

namespace usersync::tests {
namespace {

constexpr char kToken[] = "bench";

// The first updates open connections and make plans.
constexpr int kNotMeasured = 20;

// Edits one user, again and again.
class LoneEditor {
 public:
  explicit LoneEditor(NatsClient& client) : client_(client) {}

  // How long each update took to arrive on `arrivals`.
  std::vector<absl::Duration> Time(NatsSubscription& arrivals, int samples) {
    std::vector<absl::Duration> times;
    for (int i = 0; i < samples; ++i) {
      arrivals.TakeAll();
      const absl::Time begun = absl::Now();
      Must(client_.Publish({.subject = "users.update",
                            .payload = BenchDocument(1, ++edits_),
                            .headers = {{"Users-Receipt", kToken}}}));
      Must(client_.Flush());
      Must(arrivals.Next(kPatience));
      times.push_back(absl::Now() - begun);
    }
    return times;
  }

 private:
  NatsClient& client_;
  int64_t edits_ = 0;
};

}  // namespace

Latency MeasureLatency(Line& line, int samples) {
  const auto client = line.Client();
  const auto receipts =
      Must(client->Subscribe(absl::StrCat("users.receipt.frontend-client.", kToken)));
  const auto broadcasts = Must(client->Subscribe("users.broadcast"));
  LoneEditor editor(*client);
  editor.Time(*receipts, kNotMeasured);
  Latency latency{.receipt = editor.Time(*receipts, samples)};
  // The broadcasts of those are not what is waited for next.
  if (!Eventually([&] { return line.IsQuiet(); })) {
    throw std::runtime_error("the line does not come to rest");
  }
  latency.broadcast = editor.Time(*broadcasts, samples);
  return latency;
}

}  // namespace usersync::tests
