#include "bridge/update_consumer.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/time/clock.h"
#include "bridge/subjects.h"
#include "common/log.h"
#include "common/status.h"

namespace usersync::bridge {
namespace {

using users::internal::v1::IngestResponse;

// How much is decoded before the loop looks up again.
constexpr size_t kDecodeAtOnce = 128;

// Up to here the receipts go out before the next Ingest: somebody waits for them. Beyond, the
// next Ingest goes first, so that the store is never idle.
constexpr size_t kReceiptsFirst = 16;

std::string TextOf(const absl::Status& status) { return std::string(status.message()); }

// The store says that the request is too large, or wrong as a whole: the same again is no use.
bool IsTooMuch(const absl::Status& status) {
  if (ReasonOf(status) == "RATE_LIMITED") return false;
  return absl::IsResourceExhausted(status) || absl::IsInvalidArgument(status);
}

std::optional<Position> PositionIn(const absl::Status& moved) {
  uint64_t sequence = 0;
  int64_t time_ns = 0;
  if (!absl::SimpleAtoi(MetadataOf(moved, "position").value_or(""), &sequence) ||
      !absl::SimpleAtoi(MetadataOf(moved, "time_ns").value_or(""), &time_ns)) {
    return std::nullopt;
  }
  return MakePosition(sequence, time_ns);
}

}  // namespace

// The batch that the store has, or is to get again.
struct UpdateConsumer::Flight {
  explicit Flight(UpdateBatch sent) : batch(std::move(sent)) {}

  UpdateBatch batch;
  bool airborne = false;
  // Whether an earlier try may have been committed without our hearing of it.
  bool in_doubt = false;
  absl::Time retry_at = absl::InfinitePast();
  // Guarded by the consumer's mutex until `landed`.
  bool landed = false;
  absl::StatusOr<IngestResponse> answer = absl::UnknownError("no answer yet");
};

UpdateConsumer::UpdateConsumer(Options options, MessageSource& source, StoreClient& store,
                               ReceiptSink& receipts, Counters& counters)
    : options_(options),
      source_(source),
      store_(store),
      receipts_(receipts),
      counters_(counters),
      backoff_(options.backoff) {}

void UpdateConsumer::Stop() {
  stop_.Stop();
  source_.Wake();
}

void UpdateConsumer::Run() {
  Turn turn = Turn::kOurs;
  while (!stop_.stopped()) {
    const auto position = turn == Turn::kOurs ? AwaitPosition() : StandBy();
    if (!position) break;
    turn = Work(*position);
  }
  MutexLock lock(mutex_);
  while (calls_ > 0) changed_.Wait(mutex_);
}

std::optional<Position> UpdateConsumer::AwaitPosition() {
  Backoff backoff(options_.backoff);
  while (!stop_.stopped()) {
    auto position = store_.GetPosition(kUpdateStream);
    if (position.ok()) return *std::move(position);
    spdlog::warn("cannot ask the store for the position: {}", TextOf(position.status()));
    stop_.WaitFor(backoff.Next());
  }
  return std::nullopt;
}

// Follows the position cheaply; returns it when it is this bridge's turn.
std::optional<Position> UpdateConsumer::StandBy() {
  counters_.consumer_standbys.Add();
  spdlog::info("updates: standing by, another bridge moves the position");
  Position last;
  absl::Time still_since = absl::Now();
  while (!stop_.WaitFor(options_.standby_check)) {
    const auto stands = store_.GetPosition(kUpdateStream);
    const auto waiting = stands.ok() ? source_.HasLater(*stands) : stands.status();
    // It counts only while somebody could have moved it.
    if (!waiting.ok() || !*waiting || !SamePosition(*stands, last)) still_since = absl::Now();
    if (stands.ok()) last = *stands;
    if (absl::Now() - still_since < options_.takeover_after) continue;
    spdlog::info("updates: taking over after message {}", last.sequence());
    return last;
  }
  return std::nullopt;
}

UpdateConsumer::Turn UpdateConsumer::Work(const Position& position) {
  if (auto status = source_.Open(position); !status.ok()) {
    spdlog::warn("cannot read updates: {}", TextOf(status));
    stop_.WaitFor(backoff_.Next());
    return Turn::kOurs;
  }
  committed_ = position;
  ready_.clear();
  ready_.emplace_back(position);
  taken_.clear();
  held_.reset();
  checked_ = absl::Now();
  missed_something_ = false;
  while (true) {
    if (flight_ && HasLanded()) {
      if (const auto turn = Land()) return *turn;
    }
    if (stop_.stopped()) {
      AwaitLanding();
      return Turn::kOurs;
    }
    if (!flight_ && !ready_.front().empty()) Launch();
    if (flight_ && !flight_->airborne && absl::Now() >= flight_->retry_at) Send();
    if (auto status = Fill(); !status.ok()) {
      spdlog::warn("reading updates again: {}", TextOf(status));
      AwaitLanding();
      stop_.WaitFor(backoff_.Next());
      return Turn::kOurs;
    }
    if (IsIdle() && absl::Now() >= checked_ + options_.idle_check) {
      if (const auto turn = CheckIdle()) return *turn;
    }
  }
}

void UpdateConsumer::Launch() {
  flight_ = std::make_shared<Flight>(std::move(ready_.front()));
  ready_.pop_front();
  if (ready_.empty()) ready_.emplace_back(flight_->batch.through());
  Send();
}

void UpdateConsumer::Send() {
  flight_->airborne = true;
  counters_.ingests.Add();
  {
    MutexLock lock(mutex_);
    flight_->landed = false;
    ++calls_;
  }
  store_.Ingest(flight_->batch.request(),
                [this, flight = flight_](absl::StatusOr<IngestResponse> answer) {
                  OnAnswer(flight, std::move(answer));
                });
}

// On a thread of gRPC's. The loop leaves an answered flight alone.
void UpdateConsumer::OnAnswer(const std::shared_ptr<Flight>& flight,
                              absl::StatusOr<IngestResponse> answer) {
  const bool is_good = answer.ok();
  const bool receipts_first = flight->batch.recipients().size() <= kReceiptsFirst;
  if (is_good && receipts_first) receipts_.Publish(flight->batch, *answer);
  {
    MutexLock lock(mutex_);
    flight->answer = std::move(answer);
    flight->landed = true;
    changed_.NotifyAll();
  }
  source_.Wake();
  if (is_good && !receipts_first) receipts_.Publish(flight->batch, *flight->answer);
  MutexLock lock(mutex_);
  --calls_;
  changed_.NotifyAll();
}

bool UpdateConsumer::HasLanded() {
  if (!flight_->airborne) return false;
  MutexLock lock(mutex_);
  return flight_->landed;
}

// Lets what is in flight be answered, and forgets it.
void UpdateConsumer::AwaitLanding() {
  if (flight_ && flight_->airborne) {
    MutexLock lock(mutex_);
    while (!flight_->landed) changed_.Wait(mutex_);
  }
  flight_.reset();
}

// Looks at an answer. Returns whose turn it is if this reading is over.
std::optional<UpdateConsumer::Turn> UpdateConsumer::Land() {
  flight_->airborne = false;
  checked_ = absl::Now();
  const absl::Status status = flight_->answer.status();
  if (status.ok()) {
    counters_.messages.Add(flight_->batch.messages().size());
    committed_ = flight_->batch.through();
    flight_.reset();
    backoff_.Reset();
    return std::nullopt;
  }
  if (ReasonOf(status) == "POSITION_MOVED") return Moved(status);
  if (IsTooMuch(status)) {
    RefusedAsAWhole(status);
  } else {
    RetryLater(status);
  }
  return std::nullopt;
}

std::optional<UpdateConsumer::Turn> UpdateConsumer::Moved(const absl::Status& status) {
  auto stands = PositionIn(status);
  if (!stands) stands = AwaitPosition();
  const UpdateBatch& batch = flight_->batch;
  if (flight_->in_doubt && stands && SamePosition(*stands, batch.through())) {
    // It was committed, and only the answer was lost: the receipts with it, because nobody but
    // the clients can ask for them again.
    counters_.messages.Add(batch.messages().size());
    counters_.lost_receipts.Add(batch.recipients().size());
    committed_ = batch.through();
    flight_.reset();
    return std::nullopt;
  }
  const bool is_behind = stands && IsLater(batch.request().after(), *stands);
  flight_.reset();
  // Further on is another bridge's work; further back is a database that was restored.
  return is_behind ? Turn::kOurs : Turn::kOthers;
}

void UpdateConsumer::RefusedAsAWhole(const absl::Status& status) {
  UpdateBatch& batch = flight_->batch;
  if (batch.messages().size() > 1) {
    ready_.push_front(batch.SplitOff());
    Send();
  } else if (batch.GiveUpMore()) {
    counters_.unusable_messages.Add();
    spdlog::error("the store refuses message {} as a whole: {}", batch.through().sequence(),
                  TextOf(status));
    Send();
  } else {
    RetryLater(status);
  }
}

void UpdateConsumer::RetryLater(const absl::Status& status) {
  counters_.ingest_retries.Add();
  flight_->in_doubt = true;
  const absl::Duration wait = backoff_.Next();
  flight_->retry_at = absl::Now() + wait;
  spdlog::warn("an Ingest of {} messages failed, again in {}: {}", flight_->batch.messages().size(),
               absl::FormatDuration(absl::Trunc(wait, absl::Milliseconds(1))), TextOf(status));
}

// Waits for messages, an answer, or something to do; decodes what is there.
absl::Status UpdateConsumer::Fill() {
  if (held_ && ready_.back().HasRoomFor(held_->first, held_->second)) {
    ready_.back().Add(std::move(held_->first), std::move(held_->second));
    held_.reset();
  }
  if (taken_.empty()) {
    const size_t most = held_ || ready_.back().full() ? 0 : kDecodeAtOnce;
    std::vector<UpdateMessage> messages;
    if (auto status = source_.Take(most, NextDeadline(), &messages); !status.ok()) return status;
    taken_.insert(taken_.end(), std::make_move_iterator(messages.begin()),
                  std::make_move_iterator(messages.end()));
  } else if (held_ || ready_.back().full()) {
    return source_.Take(0, NextDeadline(), nullptr);
  }
  DecodeSome();
  return absl::OkStatus();
}

void UpdateConsumer::DecodeSome() {
  size_t decoded = 0;
  while (!taken_.empty() && !held_ && !ready_.back().full() && decoded < kDecodeAtOnce) {
    UpdateMessage message = std::move(taken_.front());
    taken_.pop_front();
    DecodedUpdate update = DecodeUpdate(message);
    decoded += update.entries.size();
    if (ready_.back().HasRoomFor(message, update)) {
      ready_.back().Add(std::move(message), std::move(update));
    } else {
      held_.emplace(std::move(message), std::move(update));
    }
  }
}

// How long there is nothing to do unless a message or an answer comes.
absl::Time UpdateConsumer::NextDeadline() const {
  if (!flight_) {
    return ready_.front().empty() ? checked_ + options_.idle_check : absl::InfinitePast();
  }
  return flight_->airborne ? absl::Now() + options_.idle_check : flight_->retry_at;
}

bool UpdateConsumer::IsIdle() const {
  return !flight_ && ready_.front().empty() && taken_.empty() && !held_;
}

// A database that was restored in a quiet hour stands elsewhere; and a reader that lost its place
// without noticing shows by messages that do not come.
std::optional<UpdateConsumer::Turn> UpdateConsumer::CheckIdle() {
  checked_ = absl::Now();
  const auto stands = store_.GetPosition(kUpdateStream);
  if (!stands.ok()) return std::nullopt;
  if (!SamePosition(*stands, committed_)) {
    return IsLater(*stands, committed_) ? Turn::kOthers : Turn::kOurs;
  }
  const auto missed = source_.HasLater(committed_);
  if (!missed.ok() || !*missed) {
    missed_something_ = false;
  } else if (std::exchange(missed_something_, true)) {
    spdlog::warn("reading updates again: some do not come");
    return Turn::kOurs;
  }
  return std::nullopt;
}

}  // namespace usersync::bridge
