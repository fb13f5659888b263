#include "bridge/eraser.h"

#include "bridge/broadcast_start.h"
#include "bridge/mentions.h"
#include "bridge/position.h"
#include "bridge/subjects.h"
#include "common/log.h"
#include "common/status.h"

namespace usersync::bridge {

void Eraser::Run() {
  std::string last_trouble;
  while (!stop_.stopped()) {
    const absl::Status status = EraseNext();
    // The store or NATS may be away for long: once is enough.
    const std::string trouble(status.message());
    if (!status.ok() && trouble != last_trouble && !stop_.stopped()) {
      spdlog::warn("erasures are not carried out: {}", trouble);
    }
    last_trouble = trouble;
    stop_.WaitFor(options_.poll);
  }
}

absl::Status Eraser::EraseNext() {
  if (auto status = EraseLate(); !status.ok()) return status;
  const auto done = store_.GetPosition(kErasuresSource);
  if (!done.ok()) return done.status();
  const auto erasures = store_.ListErasures(static_cast<int64_t>(done->sequence()));
  if (!erasures.ok()) return erasures.status();
  if (erasures->erasures().empty()) return absl::OkStatus();
  // Browsers overwrite what they have with what the erasure broadcasts: that comes first.
  const auto broadcast = FindBroadcastStart(broadcasts_, store_);
  if (!broadcast.ok()) return broadcast.status();
  Ids ids;
  int64_t through = 0;
  for (const auto& erasure : erasures->erasures()) {
    if (erasure.sequence() > broadcast->mark.sequence) break;
    ids.insert(erasure.user_id());
    through = erasure.sequence();
  }
  if (ids.empty()) return absl::OkStatus();
  if (auto status = EraseUpdates(ids); !status.ok()) return status;
  if (auto status = EraseBroadcasts(ids, broadcast->last_sequence); !status.ok()) return status;
  spdlog::info("carried out the erasures of {} users, up to change {}", ids.size(), through);
  return Note(*done, through);
}

absl::Status Eraser::EraseLate() {
  for (const uint64_t sequence : late_.Take()) {
    if (auto status = Remove(kUpdateStream, sequence); !status.ok()) return status;
  }
  return absl::OkStatus();
}

// What waits to be taken in stays: the store refuses it, and who wrote it hears so.
absl::Status Eraser::EraseUpdates(const Ids& ids) {
  const auto taken_in = store_.GetPosition(kUpdateStream);
  if (!taken_in.ok()) return taken_in.status();
  return messages_.Scan(kUpdateStream, taken_in->sequence(), [&](const StoredMessage& message) {
    if (stop_.stopped()) return absl::CancelledError("stopping");
    // In a stream that was made anew the sequences of the position are not taken in.
    if (message.time_ns > NanosOf(*taken_in) || !Mentions(message.payload, ids)) {
      return absl::OkStatus();
    }
    return Remove(kUpdateStream, message.sequence);
  });
}

absl::Status Eraser::EraseBroadcasts(const Ids& ids, uint64_t last) {
  return messages_.Scan(kBroadcastStream, last, [&](const StoredMessage& message) {
    if (stop_.stopped()) return absl::CancelledError("stopping");
    if (message.action == "erase" || !Mentions(message.payload, ids)) return absl::OkStatus();
    return Remove(kBroadcastStream, message.sequence);
  });
}

absl::Status Eraser::Remove(const std::string& stream, uint64_t sequence) {
  const absl::Status status = messages_.Erase(stream, sequence);
  if (status.ok()) counters_.erased_messages.Add();
  return status;
}

absl::Status Eraser::Note(const Position& done, int64_t sequence) {
  users::internal::v1::IngestRequest request;
  request.set_source(kErasuresSource);
  *request.mutable_after() = done;
  *request.mutable_through() = MakePosition(static_cast<uint64_t>(sequence), 0);
  const absl::Status status = IngestNow(store_, request).status();
  // Another bridge has done the same.
  return ReasonOf(status) == "POSITION_MOVED" ? absl::OkStatus() : status;
}

}  // namespace usersync::bridge
