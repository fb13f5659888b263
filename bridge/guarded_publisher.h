// Publishes to USERS_BROADCAST many at a time, in order, under the guard of its sequence: the
// k-th message in flight says that the stream must be at L + k, and must be answered L + k + 1.
// Any other answer ends the run: nothing more is published until the next one begins. Used by one
// thread; the answers come on another.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "bridge/broadcast_stream.h"
#include "common/mutex.h"

namespace usersync::bridge {

class GuardedPublisher {
 public:
  struct Options {
    // How many messages may be unanswered.
    uint64_t window = 1024;
    // How long nothing may be answered.
    absl::Duration answer_timeout = absl::Seconds(2);
  };

  // `stream` must outlive this, and have no other listener.
  GuardedPublisher(Options options, BroadcastStream& stream);
  ~GuardedPublisher();

  // Begins a run after the stream's last sequence, which holds the change `last_change`. What an
  // earlier run still waits for no longer counts.
  void Begin(uint64_t last_sequence, int64_t last_change);

  // Publishes the next change. `few` says that hardly anything follows at once. Blocks while the
  // window is full. Returns status().
  absl::Status Publish(const users::v1::Change& change, const std::string& epoch, bool few);

  // Waits until everything is answered, well or badly, or no answer comes in time. Returns
  // status().
  absl::Status Drain();

  // What ended the run first, if anything did. ABORTED: the stream is not where this run left it;
  // ALREADY_EXISTS: a message was taken for a duplicate; UNAVAILABLE: an answer is missing, or
  // another error.
  absl::Status status();

  // The stream's last sequence as this run knows it, and the change that it holds.
  uint64_t last_sequence();
  int64_t last_change();

 private:
  void OnAnswer(const BroadcastStream::Answer& answer);
  uint64_t unanswered() const REQUIRES(mutex_) { return published_ - answered_; }
  void AwaitAnswers(uint64_t most_unanswered) REQUIRES(mutex_);
  void Fail(absl::Status status) REQUIRES(mutex_);

  const Options options_;
  BroadcastStream& stream_;

  Mutex mutex_;
  CondVar changed_;
  uint64_t run_ GUARDED_BY(mutex_) = 0;
  absl::Status status_ GUARDED_BY(mutex_);
  // How many were published in this run, and how many answered, well or badly.
  uint64_t published_ GUARDED_BY(mutex_) = 0;
  uint64_t answered_ GUARDED_BY(mutex_) = 0;
  // Where the stream stood when the run began, how many were stored since, and what to add to get
  // the sequence of the change.
  uint64_t begin_ GUARDED_BY(mutex_) = 0;
  uint64_t stored_ GUARDED_BY(mutex_) = 0;
  int64_t begin_change_ GUARDED_BY(mutex_) = 0;
  int64_t first_change_ GUARDED_BY(mutex_) = 0;
  bool at_once_ GUARDED_BY(mutex_) = false;
};

}  // namespace usersync::bridge
