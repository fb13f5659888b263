#include "bridge/broadcaster.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "bridge/broadcast_message.h"
#include "bridge/streams.h"
#include "bridge/subjects.h"
#include "common/log.h"
#include "common/status.h"

namespace usersync::bridge {
namespace {

// The least that a broadcast takes up in the stream: its subject and headers alone. So many
// changes before the head are certainly gone again.
constexpr int64_t kLeastStoredBytes = 300;

// How often the feed says where it stands when nothing happens.
constexpr int64_t kFeedHeartbeatSeconds = 1;

// Up to here a response is published at once rather than together.
constexpr int kFewChanges = 8;

}  // namespace

Broadcaster::Broadcaster(Options options, const NatsConnection& nats, GuardedPublisher& publisher,
                         StoreClient& store)
    : options_(options), nats_(nats), publisher_(publisher), store_(store) {}

void Broadcaster::Stop() {
  stopping_ = true;
  MutexLock lock(mutex_);
  if (stream_ != nullptr) stream_->Cancel();
}

void Broadcaster::Run() {
  Backoff backoff(options_.backoff);
  while (!stopping_) {
    const auto start = FindStart();
    const absl::Time began = absl::Now();
    const absl::Status status = start.ok() ? Carry(*start) : start.status();
    if (stopping_) return;
    if (absl::IsAborted(status)) {
      StandBy();
      continue;
    }
    spdlog::warn("broadcasting stopped: {}", std::string(status.message()));
    if (absl::IsNotFound(status)) {
      (void)SetUpStreams(nats_, [](const std::string& line) { spdlog::info("{}", line); });
    }
    if (absl::Now() - began > absl::Seconds(5)) backoff.Reset();
    Pause(backoff.Next());
  }
}

absl::StatusOr<Broadcaster::Start> Broadcaster::FindStart() {
  const auto state = ReadStreamState(nats_, kBroadcastStream);
  if (!state.ok()) return state.status();
  Start start;
  start.last_sequence = state->last_sequence;
  if (state->messages == 0) return start;
  auto checkpoint = FindAccepted(state->first_sequence, state->last_sequence);
  if (!checkpoint.ok()) return checkpoint.status();
  start.checkpoint = *std::move(checkpoint);
  return start;
}

// The newest checkpoint in the stream that the store accepts, or "" if it accepts none. What it
// accepts is a beginning of the stream: after a restore the later ones are of another history.
absl::StatusOr<std::string> Broadcaster::FindAccepted(uint64_t first, uint64_t last) {
  std::string newest;
  for (uint64_t probe = last; first <= last;) {
    auto checkpoint = CheckpointAt(probe);
    if (!checkpoint.ok()) return checkpoint.status();
    // A message that was deleted, or is nobody's, says nothing: ask the one before.
    if (checkpoint->empty()) {
      if (probe == first) {
        first = std::max(first, probe) + 1;
      } else {
        --probe;
        continue;
      }
    } else {
      const auto accepted = IsAccepted(*checkpoint);
      if (!accepted.ok()) return accepted.status();
      if (*accepted) {
        newest = *std::move(checkpoint);
        first = probe + 1;
      } else {
        last = probe - 1;
      }
    }
    probe = first + (last - first) / 2;
  }
  return newest;
}

absl::StatusOr<bool> Broadcaster::IsAccepted(const std::string& checkpoint) {
  users::v1::PullRequest request;
  request.set_checkpoint(checkpoint);
  request.set_limit(1);
  const auto response = PullNow(store_, request);
  if (response.ok()) return true;
  const std::string reason = ReasonOf(response.status());
  if (reason == "CHECKPOINT_DIVERGED" || reason == "TOKEN_MALFORMED") return false;
  return response.status();
}

absl::StatusOr<std::string> Broadcaster::CheckpointAt(uint64_t sequence) {
  const auto message = ReadMessage(nats_, kBroadcastStream, sequence);
  if (absl::IsNotFound(message.status())) return "";
  if (!message.ok()) return message.status();
  return HeaderOf(message->get(), "Users-Checkpoint");
}

// Publishes what the feed tells until something is wrong.
absl::Status Broadcaster::Carry(const Start& start) {
  publisher_.Begin(start.last_sequence);
  users::v1::WatchRequest request;
  request.mutable_heartbeat_interval()->set_seconds(kFeedHeartbeatSeconds);
  const bool refilling = start.checkpoint.empty();
  if (refilling) {
    request.set_start(users::v1::WATCH_START_OLDEST);
  } else {
    request.set_checkpoint(start.checkpoint);
  }
  const auto stream = store_.Watch(request);
  {
    MutexLock lock(mutex_);
    stream_ = stream.get();
    if (stopping_) stream_->Cancel();
  }
  users::v1::WatchResponse response;
  absl::Status status;
  while (status.ok() && !stopping_ && stream->Read(&response)) {
    status = Take(response, refilling);
  }
  {
    MutexLock lock(mutex_);
    stream_ = nullptr;
  }
  if (!status.ok()) {
    stream->Cancel();
    users::v1::WatchResponse ignored;
    while (stream->Read(&ignored)) {
    }
  }
  const absl::Status ended = stream->Finish();
  const absl::Status drained = publisher_.Drain();
  if (!status.ok()) return status;
  if (!drained.ok()) return drained;
  return ended.ok() ? absl::UnavailableError("the feed ended") : ended;
}

absl::Status Broadcaster::Take(const users::v1::WatchResponse& response, bool refilling) {
  const auto& changes = response.changes().changes();
  const int64_t skip_up_to =
      refilling ? response.head_sequence() - kBroadcastMaxBytes / kLeastStoredBytes : 0;
  for (const users::v1::Change& change : changes) {
    if (change.version().sequence() <= skip_up_to) continue;
    const auto status = publisher_.Publish(change, response.epoch(), changes.size() <= kFewChanges);
    if (!status.ok()) return status;
  }
  Beat(response);
  return changes.empty() ? LookAfterStream(response) : publisher_.status();
}

// On a quiet feed: is the stream still what this run left?
absl::Status Broadcaster::LookAfterStream(const users::v1::WatchResponse& response) {
  if (auto status = publisher_.Drain(); !status.ok()) return status;
  const auto state = ReadStreamState(nats_, kBroadcastStream);
  if (!state.ok()) return state.status();
  if (state->last_sequence != publisher_.last_sequence()) {
    return absl::AbortedError("USERS_BROADCAST has moved without this bridge");
  }
  if (state->messages == 0 && response.head_sequence() > 0) {
    return absl::UnavailableError("USERS_BROADCAST was emptied; filling it again");
  }
  return absl::OkStatus();
}

void Broadcaster::Beat(const users::v1::WatchResponse& response) {
  if (absl::Now() - last_beat_ < options_.heartbeat) return;
  last_beat_ = absl::Now();
  (void)nats_.Publish(kHeartbeatSubject,
                      EncodeHeartbeat(response.epoch(), response.head_sequence()));
}

// Returns when it is this bridge's turn: the stream stood still while the feed moved.
void Broadcaster::StandBy() {
  spdlog::info("standing by: another bridge broadcasts");
  uint64_t last = 0;
  absl::Time still_since = absl::Now();
  while (!stopping_) {
    Pause(options_.standby_check);
    const auto state = ReadStreamState(nats_, kBroadcastStream);
    if (absl::IsNotFound(state.status())) return;
    if (!state.ok()) continue;
    if (state->last_sequence != last) {
      last = state->last_sequence;
      still_since = absl::Now();
      continue;
    }
    if (absl::Now() - still_since < options_.takeover_after) continue;
    users::v1::PullRequest request;
    request.set_limit(1);
    if (state->messages > 0) {
      auto checkpoint = CheckpointAt(state->last_sequence);
      if (!checkpoint.ok()) continue;
      request.set_checkpoint(*std::move(checkpoint));
    }
    const auto later = PullNow(store_, request);
    const bool feed_moved =
        later.ok() ? later->users_size() > 0 : ReasonOf(later.status()) == "CHECKPOINT_DIVERGED";
    if (feed_moved) {
      spdlog::info("taking over the broadcast after message {}", last);
      return;
    }
  }
}

void Broadcaster::Pause(absl::Duration duration) {
  const absl::Time until = absl::Now() + duration;
  while (!stopping_ && absl::Now() < until) {
    absl::SleepFor(std::min(until - absl::Now(), absl::Milliseconds(50)));
  }
}

}  // namespace usersync::bridge
