// Takes USERS_UPDATE into the store, in order, each message once. The position lives in the
// store, committed together with what the messages ask for; this loop only ever goes on from it.
// While one Ingest is in flight the next is decoded. A second bridge stands by: it loses the race
// for the position, watches it, and takes over when it stands still although messages wait.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "absl/time/time.h"
#include "bridge/message_source.h"
#include "bridge/receipt_publisher.h"
#include "bridge/store_client.h"
#include "common/backoff.h"

namespace usersync::bridge {

class UpdateConsumer {
 public:
  struct Options {
    // How often an idle bridge asks where the store stands, and a standby looks.
    absl::Duration idle_check = absl::Seconds(1);
    absl::Duration standby_check = absl::Milliseconds(500);
    // How long a position must stand still before a standby takes over.
    absl::Duration takeover_after = absl::Seconds(2);
    Backoff::Options backoff = {};
  };

  // All must outlive this.
  UpdateConsumer(Options options, MessageSource& source, StoreClient& store, ReceiptSink& receipts);

  // Runs until Stop; finishes the Ingest in flight.
  void Run();
  void Stop() { stopping_ = true; }

 private:
  using Position = users::internal::v1::Position;
  struct Flight;

  std::optional<Position> AwaitPosition();
  std::optional<Position> StandBy();
  // Both return whether to go on at once; otherwise the next turn is a standby's.
  bool Work(Position position);
  bool Land(Flight& flight);
  bool SendInParts(UpdateBatch& batch);
  bool SendUntilAnswered(UpdateBatch& batch);
  absl::StatusOr<UpdateBatch> Collect(const Position& after, absl::Duration wait);
  void Pause(Backoff& backoff);

  const Options options_;
  MessageSource& source_;
  StoreClient& store_;
  ReceiptSink& receipts_;
  std::atomic<bool> stopping_ = false;
  // A message that was read and found no room in its batch.
  std::optional<UpdateMessage> held_;
};

}  // namespace usersync::bridge
