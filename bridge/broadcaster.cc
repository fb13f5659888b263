#include "bridge/broadcaster.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/log.h"
#include "common/status.h"

namespace usersync::bridge {
namespace {

// The least that a broadcast takes up in the stream: its subject and headers alone.
constexpr int64_t kLeastStoredBytes = 300;

// How often the feed says where it stands when nothing happens.
constexpr int64_t kFeedHeartbeatSeconds = 1;

// Up to here a response is published at once rather than together.
constexpr int kFewChanges = 8;

// How soon trouble with the stream is noticed while the feed is quiet.
constexpr absl::Duration kStep = absl::Milliseconds(200);

// A run of this length was no failure to begin with.
constexpr absl::Duration kGoodRun = absl::Seconds(5);

constexpr int64_t kAnyChange = -1;

}  // namespace

Broadcaster::Broadcaster(Options options, BroadcastStream& stream, StoreClient& store,
                         Counters& counters)
    : options_(options),
      stream_(stream),
      store_(store),
      counters_(counters),
      publisher_(options.publisher, stream) {}

void Broadcaster::Stop() {
  stop_.Stop();
  MutexLock lock(mutex_);
  if (feed_ != nullptr) feed_->Cancel();
}

void Broadcaster::Run() {
  Backoff backoff(options_.backoff);
  while (!stop_.stopped()) {
    const absl::Time began = absl::Now();
    const auto start = FindBroadcastStart(stream_, store_);
    const absl::Status status = start.ok() ? Carry(*start) : start.status();
    if (stop_.stopped()) return;
    if (OthersPublish()) {
      StandBy();
      continue;
    }
    counters_.broadcast_restarts.Add();
    if (absl::Now() - began > kGoodRun) backoff.Reset();
    const absl::Duration wait = backoff.Next();
    spdlog::warn("broadcasting stopped, again in {}: {}",
                 absl::FormatDuration(absl::Trunc(wait, absl::Milliseconds(1))),
                 std::string(status.message()));
    stop_.WaitFor(wait);
  }
}

// Publishes what the feed tells until something is wrong.
absl::Status Broadcaster::Carry(const BroadcastStart& start) {
  publisher_.Begin(start.last_sequence, start.mark.sequence);
  // Before the feed is asked, so that nothing is archived in between.
  if (auto status = store_.ReportBroadcast(start.mark.sequence); !status.ok()) return status;
  users::v1::WatchRequest request;
  request.mutable_heartbeat_interval()->set_seconds(kFeedHeartbeatSeconds);
  if (start.mark.checkpoint.empty()) {
    request.set_start(users::v1::WATCH_START_OLDEST);
  } else {
    request.set_checkpoint(start.mark.checkpoint);
  }
  const auto feed = store_.Watch(request);
  {
    MutexLock lock(mutex_);
    feed_ = feed.get();
  }
  // Stop either saw the feed, or was heard of by now.
  if (stop_.stopped()) feed->Cancel();
  absl::Status status = Follow(*feed, start);
  {
    MutexLock lock(mutex_);
    feed_ = nullptr;
  }
  // Whatever stopped the run, nothing of it may be on its way when the stream is read again.
  const absl::Status drained = publisher_.Drain();
  if (!drained.ok()) return drained;
  // What the stream misses is archived: the oldest that is not comes next.
  if (ReasonOf(status) == "CHECKPOINT_TOO_OLD" && !stop_.stopped()) {
    return Carry({.last_sequence = publisher_.last_sequence()});
  }
  return status;
}

absl::Status Broadcaster::Follow(ChangeStream& feed, const BroadcastStart& start) {
  const bool is_refill = start.mark.checkpoint.empty();
  last_taken_ = is_refill ? kAnyChange : start.mark.sequence;
  absl::Time look_at = absl::Now() + options_.quiet_check;
  users::v1::WatchResponse response;
  while (true) {
    const absl::Status next = feed.Next(absl::Now() + kStep, &response);
    if (absl::IsDeadlineExceeded(next)) {
      if (auto status = publisher_.status(); !status.ok()) return status;
      continue;
    }
    if (!next.ok()) return next;
    epoch_ = response.epoch();
    const int64_t skip_up_to =
        is_refill ? response.head_sequence() - options_.stream_bytes / kLeastStoredBytes : 0;
    if (auto status = Take(response, skip_up_to); !status.ok()) return status;
    if (response.has_changes()) {
      look_at = absl::Now() + options_.quiet_check;
    } else if (absl::Now() >= look_at) {
      if (auto status = LookAfterStream(response.head_sequence()); !status.ok()) return status;
    }
    Beat();
  }
}

absl::Status Broadcaster::Take(const users::v1::WatchResponse& response, int64_t skip_up_to) {
  const auto& changes = response.changes().changes();
  for (int i = 0; i < changes.size(); ++i) {
    const int64_t sequence = changes[i].version().sequence();
    if (last_taken_ != kAnyChange && sequence != last_taken_ + 1) {
      return absl::UnavailableError(
          absl::StrCat("the feed went from ", last_taken_, " to ", sequence));
    }
    last_taken_ = sequence;
    if (sequence <= skip_up_to) continue;
    auto status = publisher_.Publish(
        changes[i], epoch_,
        {.of_few = changes.size() <= kFewChanges, .last = i + 1 == changes.size()});
    if (!status.ok()) return status;
    counters_.broadcasts.Add();
  }
  return publisher_.status();
}

// On a quiet feed: is the stream still what this run left?
absl::Status Broadcaster::LookAfterStream(int64_t head) {
  if (auto status = publisher_.Drain(); !status.ok()) return status;
  const auto state = stream_.ReadState();
  if (!state.ok()) return state.status();
  if (state->last_sequence != publisher_.last_sequence()) {
    return absl::UnavailableError("USERS_BROADCAST is not where this bridge left it");
  }
  if (state->messages == 0 && head > 0) {
    return absl::UnavailableError("USERS_BROADCAST was emptied");
  }
  return absl::OkStatus();
}

// Says what was broadcast last: to clients, because whoever has seen less has lost something, and
// to the store, which hears it again if it does not now.
void Broadcaster::Beat() {
  if (absl::Now() < beat_at_) return;
  beat_at_ = absl::Now() + options_.heartbeat;
  stream_.Beat(epoch_, publisher_.last_change());
  (void)store_.ReportBroadcast(publisher_.last_change());
}

// Whether the run ended because another bridge publishes. A stream that was made anew refuses too,
// but has not grown.
bool Broadcaster::OthersPublish() {
  if (!publisher_.has_lost()) return false;
  const auto state = stream_.ReadState();
  return state.ok() && state->last_sequence > publisher_.last_sequence();
}

// Returns when it is this bridge's turn: the stream stood still while the feed was ahead of it.
void Broadcaster::StandBy() {
  counters_.broadcaster_standbys.Add();
  spdlog::info("broadcast: standing by, another bridge publishes");
  // Two that wait do not come back at once.
  absl::BitGen random;
  const absl::Duration patience = options_.takeover_after * absl::Uniform(random, 1.0, 1.5);
  std::optional<uint64_t> last;
  std::string checkpoint;
  absl::Time behind_since = absl::InfiniteFuture();
  while (!stop_.WaitFor(options_.standby_check)) {
    const auto state = stream_.ReadState();
    if (absl::IsNotFound(state.status())) return;
    if (!state.ok() || state->last_sequence != last) {
      behind_since = absl::InfiniteFuture();
      if (!state.ok()) continue;
      last = state->last_sequence;
      checkpoint.clear();
      if (state->messages == 0) continue;
      const auto mark = stream_.ReadMark(*last);
      if (mark.ok()) checkpoint = mark->checkpoint;
      continue;
    }
    const auto is_behind = HasChangesAfter(store_, state->messages == 0 ? "" : checkpoint);
    if (!is_behind.ok() || !*is_behind) {
      behind_since = absl::InfiniteFuture();
      continue;
    }
    behind_since = std::min(behind_since, absl::Now());
    if (absl::Now() - behind_since < patience) continue;
    spdlog::info("broadcast: taking over after message {}", *last);
    return;
  }
}

}  // namespace usersync::bridge
