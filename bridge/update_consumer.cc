#include "bridge/update_consumer.h"

#include <future>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/time/clock.h"
#include "bridge/subjects.h"
#include "common/log.h"
#include "common/status.h"

namespace usersync::bridge {
namespace {

using users::internal::v1::IngestResponse;

bool Same(const users::internal::v1::Position& a, const users::internal::v1::Position& b) {
  return a.sequence() == b.sequence() && NanosOf(a) == NanosOf(b);
}

// What the store says the request is too large or wrong as a whole with.
bool IsTooMuch(const absl::Status& status) {
  return absl::IsResourceExhausted(status) || absl::IsInvalidArgument(status);
}

bool IsMoved(const absl::Status& status) { return ReasonOf(status) == "POSITION_MOVED"; }

// Whether the position moved just as the batch asked: it was committed, and only the answer to
// it was lost.
bool MovedByUs(const absl::Status& status, const UpdateBatch& batch) {
  uint64_t sequence = 0;
  int64_t time_ns = 0;
  return absl::SimpleAtoi(MetadataOf(status, "position").value_or(""), &sequence) &&
         absl::SimpleAtoi(MetadataOf(status, "time_ns").value_or(""), &time_ns) &&
         Same(batch.request().through(), MakePosition(sequence, time_ns));
}

}  // namespace

// An Ingest that is on its way.
struct UpdateConsumer::Flight {
  explicit Flight(UpdateBatch sent) : batch(std::move(sent)) {}

  UpdateBatch batch;
  std::promise<absl::StatusOr<IngestResponse>> promise;
  std::future<absl::StatusOr<IngestResponse>> answer = promise.get_future();
};

UpdateConsumer::UpdateConsumer(Options options, MessageSource& source, StoreClient& store,
                               ReceiptSink& receipts)
    : options_(options), source_(source), store_(store), receipts_(receipts) {}

void UpdateConsumer::Run() {
  bool standing_by = false;
  while (!stopping_) {
    const auto position = standing_by ? StandBy() : AwaitPosition();
    if (!position) return;
    standing_by = !Work(*position);
  }
}

std::optional<UpdateConsumer::Position> UpdateConsumer::AwaitPosition() {
  Backoff backoff(options_.backoff);
  while (!stopping_) {
    auto position = store_.GetPosition(kUpdateStream);
    if (position.ok()) return *std::move(position);
    spdlog::warn("cannot ask the store for the position: {}",
                 std::string(position.status().message()));
    Pause(backoff);
  }
  return std::nullopt;
}

// Returns the position to take over from.
std::optional<UpdateConsumer::Position> UpdateConsumer::StandBy() {
  spdlog::info("standing by: another bridge moves the position");
  auto position = AwaitPosition();
  absl::Time still_since = absl::Now();
  while (!stopping_ && position) {
    absl::SleepFor(options_.standby_check);
    auto now = AwaitPosition();
    if (!now) break;
    if (!Same(*now, *position)) {
      position = std::move(now);
      still_since = absl::Now();
    } else if (absl::Now() - still_since >= options_.takeover_after) {
      const auto waiting = source_.HasLater(*position);
      if (waiting.ok() && *waiting) {
        spdlog::info("taking over after message {}", position->sequence());
        return position;
      }
    }
  }
  return std::nullopt;
}

bool UpdateConsumer::Work(Position position) {
  held_.reset();
  if (auto status = source_.Open(position); !status.ok()) {
    spdlog::warn("cannot read the stream: {}", std::string(status.message()));
    Backoff backoff(options_.backoff);
    Pause(backoff);
    return true;
  }
  std::unique_ptr<Flight> flight;
  absl::Time checked = absl::Now();
  while (!stopping_) {
    // With something in flight, only what is there already is worth decoding ahead.
    auto batch = Collect(position, flight ? absl::Milliseconds(1) : options_.idle_check);
    if (flight && !Land(*flight)) return false;
    flight.reset();
    if (!batch.ok()) {
      spdlog::warn("cannot go on reading: {}", std::string(batch.status().message()));
      return true;
    }
    if (!batch->empty()) {
      position = batch->request().through();
      flight = std::make_unique<Flight>(*std::move(batch));
      store_.Ingest(flight->batch.request(),
                    [f = flight.get()](absl::StatusOr<IngestResponse> response) {
                      f->promise.set_value(std::move(response));
                    });
      // A lone batch is answered before anything else: nobody waits behind it.
      if (!source_.HasNext() && !held_) {
        if (!Land(*flight)) return false;
        flight.reset();
      }
      checked = absl::Now();
    } else if (absl::Now() - checked >= options_.idle_check) {
      // A database that was restored in a quiet hour stands elsewhere; so does a stream that was
      // made anew under this subscription.
      checked = absl::Now();
      const auto stands = store_.GetPosition(kUpdateStream);
      if (stands.ok() && !Same(*stands, position)) return false;
      const auto missed = source_.HasLater(position);
      if (missed.ok() && *missed && !source_.HasNext()) return true;
    }
  }
  if (flight) Land(*flight);
  return true;
}

// Reads and decodes what is there, waiting for the first message.
absl::StatusOr<UpdateBatch> UpdateConsumer::Collect(const Position& after, absl::Duration wait) {
  UpdateBatch batch(after);
  while (!stopping_) {
    UpdateMessage message;
    if (held_) {
      message = *std::exchange(held_, std::nullopt);
    } else {
      if (!batch.empty() && !source_.HasNext()) break;
      auto next = source_.Next(batch.empty() ? wait : absl::Milliseconds(100));
      if (!next.ok()) {
        if (batch.empty()) return next.status();
        break;
      }
      if (!*next) break;
      message = *std::move(*next);
    }
    DecodedUpdate update = DecodeUpdate(message);
    if (!batch.HasRoomFor(update, message.payload.size())) {
      held_ = std::move(message);
      break;
    }
    batch.Add(message, std::move(update));
  }
  return batch;
}

// Waits for the answer and passes it on; repeats in place what failed.
bool UpdateConsumer::Land(Flight& flight) {
  auto answer = flight.answer.get();
  if (answer.ok()) {
    receipts_.Publish(flight.batch, *answer);
    return true;
  }
  if (IsMoved(answer.status())) return MovedByUs(answer.status(), flight.batch);
  if (IsTooMuch(answer.status())) return SendInParts(flight.batch);
  spdlog::warn("an Ingest of {} messages failed: {}", flight.batch.message_count(),
               std::string(answer.status().message()));
  return SendUntilAnswered(flight.batch);
}

bool UpdateConsumer::SendInParts(UpdateBatch& batch) {
  if (batch.message_count() == 1) {
    spdlog::error("the store refuses message {} as a whole; it is kept as undecodable",
                  batch.request().through().sequence());
    batch.MakeUndecodable("the store refuses the request that this message makes");
    return SendUntilAnswered(batch);
  }
  UpdateBatch later = batch.SplitOff();
  return SendUntilAnswered(batch) && SendUntilAnswered(later);
}

bool UpdateConsumer::SendUntilAnswered(UpdateBatch& batch) {
  Backoff backoff(options_.backoff);
  while (!stopping_) {
    std::promise<absl::StatusOr<IngestResponse>> promise;
    store_.Ingest(batch.request(), [&promise](absl::StatusOr<IngestResponse> response) {
      promise.set_value(std::move(response));
    });
    const auto answer = promise.get_future().get();
    if (answer.ok()) {
      receipts_.Publish(batch, *answer);
      return true;
    }
    if (IsMoved(answer.status())) return MovedByUs(answer.status(), batch);
    if (IsTooMuch(answer.status()) && !batch.undecodable()) return SendInParts(batch);
    spdlog::warn("an Ingest of {} messages failed again: {}", batch.message_count(),
                 std::string(answer.status().message()));
    Pause(backoff);
  }
  return true;
}

void UpdateConsumer::Pause(Backoff& backoff) {
  const absl::Time until = absl::Now() + backoff.Next();
  while (!stopping_ && absl::Now() < until) {
    absl::SleepFor(std::min(until - absl::Now(), absl::Milliseconds(50)));
  }
}

}  // namespace usersync::bridge
