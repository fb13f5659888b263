// Publishes to USERS_BROADCAST many at a time, in order, under the guard of its sequence: the
// k-th message in flight says that the stream must be at L + k, and must be answered L + k + 1.
// Any other answer ends the run: nothing more is published until the next one begins. Only the
// first message of a run, every 16th, and the last of those at hand ask for an answer: each proves
// all before it, because it is stored only if they were. Answers cost a sixth of what messages do.
// Used by one thread; the answers come on another.
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
    // How many messages may be unanswered, and how many go between two that ask.
    uint64_t window = 2048;
    uint64_t ask_every = 16;
    // How long nothing may be answered.
    absl::Duration answer_timeout = absl::Seconds(2);
  };

  // `stream` must outlive this, and have no other listener.
  GuardedPublisher(Options options, BroadcastStream& stream);
  ~GuardedPublisher();

  // Begins a run after the stream's last sequence, which holds the change `last_change`. What an
  // earlier run still waits for no longer counts.
  void Begin(uint64_t last_sequence, int64_t last_change);

  // How a change stands among those at hand.
  struct Place {
    // Hardly anything follows at once: it should not wait for company.
    bool of_few = false;
    // Nothing follows.
    bool last = false;
  };
  // Publishes the next change. Blocks while the window is full. Returns status().
  absl::Status Publish(const users::v1::Change& change, const std::string& epoch,
                       const Place& place);

  // Waits until everything is answered, well or badly, or no answer comes in time. Returns
  // status().
  absl::Status Drain();

  // What ended the run first, if anything did. ABORTED: the stream is not where this run left it;
  // ALREADY_EXISTS: a message was taken for a duplicate; UNAVAILABLE: an answer is missing, or
  // another error.
  absl::Status status();

  // Whether somebody else was first: every answer has come, and already the first message of the
  // run was not stored. (Of two that begin at once, this is true for one, whatever comes later.)
  bool has_lost();

  // The stream's last sequence as this run knows it, and the change that it holds.
  uint64_t last_sequence();
  int64_t last_change();

 private:
  void OnAnswer(const BroadcastStream::Answer& answer);
  uint64_t unanswered() const REQUIRES(mutex_) { return published_ - stored_; }
  void AwaitRoom(uint64_t most_unanswered) REQUIRES(mutex_);
  void Fail(absl::Status status) REQUIRES(mutex_);

  const Options options_;
  BroadcastStream& stream_;

  Mutex mutex_;
  CondVar changed_;
  uint64_t run_ GUARDED_BY(mutex_) = 0;
  absl::Status status_ GUARDED_BY(mutex_);
  // Where the stream stood when the run began, and how many were published and are known to be
  // stored since.
  uint64_t begin_ GUARDED_BY(mutex_) = 0;
  uint64_t published_ GUARDED_BY(mutex_) = 0;
  uint64_t stored_ GUARDED_BY(mutex_) = 0;
  // How many asked for an answer, and got one, well or badly.
  uint64_t asked_ GUARDED_BY(mutex_) = 0;
  uint64_t answered_ GUARDED_BY(mutex_) = 0;
  uint64_t silent_in_a_row_ GUARDED_BY(mutex_) = 0;
  // The change of the stream's last message when the run began, and the first change since.
  int64_t begin_change_ GUARDED_BY(mutex_) = 0;
  int64_t first_change_ GUARDED_BY(mutex_) = 0;
  bool at_once_ GUARDED_BY(mutex_) = false;
};

}  // namespace usersync::bridge
