#include "tests/bench/update_publisher.h"

#include <utility>

#include "absl/time/clock.h"
#include "tests/bench/bench_document.h"

namespace usersync::tests {
namespace {

// How many are published before the backlog is looked at again.
constexpr int kAtOnce = 100;

}  // namespace

UpdatePublisher::UpdatePublisher(std::unique_ptr<NatsClient> client, const Options& options)
    : options_(options), client_(std::move(client)), thread_([this] { status_ = Publish(); }) {}

UpdatePublisher::~UpdatePublisher() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

absl::StatusOr<int64_t> UpdatePublisher::Finish() {
  stop_ = true;
  thread_.join();
  if (!status_.ok()) return status_;
  return published_;
}

absl::Status UpdatePublisher::Publish() {
  while (!stop_) {
    if (published_ - taken_in_ >= options_.backlog) {
      absl::SleepFor(absl::Milliseconds(1));
      continue;
    }
    for (int i = 0; i < kAtOnce; ++i, ++published_) {
      auto status = client_->Publish("users.update",
                                     BenchDocument(1 + published_ % options_.users, published_));
      if (!status.ok()) return status;
    }
  }
  return client_->Flush();
}

}  // namespace usersync::tests
