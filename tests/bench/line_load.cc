#include "tests/bench/line_load.h"

#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/bench/bench_document.h"
#include "tests/bench/cpu_clock.h"
#include "tests/harness/eventually.h"
#include "tests/harness/must.h"

namespace usersync::tests {
namespace {

// Keeps a bounded backlog in USERS_UPDATE until it is stopped.
class Publisher {
 public:
  Publisher(Line& line, const LineLoad& load)
      : line_(line), load_(load), client_(line.Client()), thread_([this] { Run(); }) {}

  ~Publisher() {
    stop_ = true;
    thread_.join();
  }

  // Says how far the store has come; more is published only within the backlog.
  void Advance(int64_t taken_in) { taken_in_ = taken_in; }

  int64_t published() const { return published_; }

 private:
  void Run() {
    while (!stop_) {
      if (published_ - taken_in_ >= load_.backlog) {
        absl::SleepFor(absl::Milliseconds(1));
        continue;
      }
      for (int i = 0; i < 100; ++i) {
        const int64_t edit = published_++;
        Must(client_->Publish("users.update", BenchDocument(1 + edit % load_.users, edit)));
      }
    }
  }

  Line& line_;
  const LineLoad load_;
  const std::unique_ptr<NatsClient> client_;
  std::atomic<bool> stop_ = false;
  std::atomic<int64_t> taken_in_ = 0;
  std::atomic<int64_t> published_ = 0;
  std::thread thread_;
};

std::map<std::string, absl::Duration> CpuTimes(Line& line) {
  return {{"nats", CpuTimeOf(line.nats().pid())},
          {"postgres", CpuTimeOf(line.postgres().pid())},
          {"store", CpuTimeOf(line.store().pid())},
          {"bridge", CpuTimeOf(line.bridge().pid())}};
}

// One lone update after the other; returns how long each took to arrive on `arrivals`.
std::vector<absl::Duration> TimeUpdates(NatsClient& client, NatsSubscription& arrivals,
                                        const std::string& token, int samples) {
  static int64_t edit = 1000000000;
  std::vector<absl::Duration> times;
  for (int i = 0; i < samples; ++i) {
    arrivals.TakeAll();
    const absl::Time begun = absl::Now();
    Must(client.Publish({.subject = "users.update",
                         .payload = BenchDocument(1, ++edit),
                         .headers = {{"Users-Receipt", token}}}));
    Must(client.Flush());
    Must(arrivals.Next(kPatience));
    times.push_back(absl::Now() - begun);
  }
  return times;
}

}  // namespace

Throughput MeasureThroughput(Line& line, const LineLoad& load) {
  const int64_t position_before = line.Position();
  Publisher publisher(line, load);
  const auto follow_until = [&](absl::Time end) {
    while (absl::Now() < end) {
      publisher.Advance(line.Position() - position_before);
      absl::SleepFor(absl::Milliseconds(50));
    }
  };
  follow_until(absl::Now() + load.warm_up);
  const auto cpu_before = CpuTimes(line);
  const uint64_t broadcast_before = line.streams().LastSequence("USERS_BROADCAST");
  const absl::Time begun = absl::Now();
  follow_until(begun + load.time);
  const uint64_t broadcast = line.streams().LastSequence("USERS_BROADCAST") - broadcast_before;
  const double seconds = absl::ToDoubleSeconds(absl::Now() - begun);
  Throughput result;
  result.changes_per_second = static_cast<double>(broadcast) / seconds;
  for (const auto& [name, used] : CpuTimes(line)) {
    result.cpu_per_change[name] = (used - cpu_before.at(name)) / static_cast<int64_t>(broadcast);
  }
  return result;
}

Latency MeasureLatency(Line& line, int samples) {
  const auto client = line.Client();
  const std::string token = "bench";
  const auto receipts =
      Must(client->Subscribe(absl::StrCat("users.receipt.frontend-client.", token)));
  const auto broadcasts = Must(client->Subscribe("users.broadcast"));
  Must(client->Flush());
  // The first ones open connections and make plans.
  TimeUpdates(*client, *receipts, token, 20);
  Latency latency;
  latency.receipt = TimeUpdates(*client, *receipts, token, samples);
  // A broadcast of the updates above may still be on its way.
  Eventually([&] { return line.IsQuiet(); });
  latency.broadcast = TimeUpdates(*client, *broadcasts, token, samples);
  return latency;
}

}  // namespace usersync::tests
