// Takes USERS_UPDATE into the store, in order, each message once. The position lives in the
// store, committed together with what the messages ask for; this loop only ever goes on from it.
// While one Ingest is in flight the next is decoded. A failed one is repeated in place. A second
// bridge stands by: it loses the race for the position, then only watches it, and takes over when
// it stands still although messages wait.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "bridge/counters.h"
#include "bridge/message_source.h"
#include "bridge/receipt_publisher.h"
#include "bridge/stop_flag.h"
#include "bridge/store_client.h"
#include "bridge/update_batch.h"
#include "common/backoff.h"
#include "common/mutex.h"

namespace usersync::bridge {

class UpdateConsumer {
 public:
  struct Options {
    // How often an idle bridge asks where the store stands, and a standby looks.
    absl::Duration idle_check = absl::Seconds(1);
    absl::Duration standby_check = absl::Milliseconds(500);
    // How long a position must stand still before a standby takes over.
    absl::Duration takeover_after = absl::Seconds(2);
    Backoff::Options backoff = {.first = absl::Milliseconds(50), .most = absl::Seconds(1)};
  };

  // All must outlive this.
  UpdateConsumer(Options options, MessageSource& source, StoreClient& store, ReceiptSink& receipts,
                 Counters& counters);

  // Runs until Stop. What is in flight then is answered, and its receipts are published, before
  // it returns; what failed is left to the next bridge.
  void Run();
  void Stop();

 private:
  struct Flight;
  // Whose turn it is to move the position.
  enum class Turn { kOurs, kOthers };

  std::optional<Position> AwaitPosition();
  std::optional<Position> StandBy();
  Turn Work(const Position& position);

  void Launch();
  void Send();
  void OnAnswer(const std::shared_ptr<Flight>& flight,
                absl::StatusOr<users::internal::v1::IngestResponse> answer);
  std::optional<Turn> Land();
  std::optional<Turn> Moved(const absl::Status& status);
  void RefusedAsAWhole(const absl::Status& status);
  void RetryLater(const absl::Status& status);
  bool HasLanded();
  void AwaitLanding();

  absl::Status Fill();
  void DecodeSome();
  absl::Time NextDeadline() const;
  bool IsIdle() const;
  std::optional<Turn> CheckIdle();

  const Options options_;
  MessageSource& source_;
  StoreClient& store_;
  ReceiptSink& receipts_;
  Counters& counters_;
  StopFlag stop_;

  // All of the loop's own thread. `ready_` holds what is decoded, in order; its last batch is
  // still being filled, and is always there.
  std::deque<UpdateBatch> ready_;
  std::deque<UpdateMessage> taken_;
  std::optional<std::pair<UpdateMessage, DecodedUpdate>> held_;
  std::shared_ptr<Flight> flight_;
  Position committed_;
  Backoff backoff_;
  absl::Time checked_;
  bool missed_something_ = false;

  Mutex mutex_;
  CondVar changed_;
  // How many calls of the store have not called back to their end.
  int calls_ GUARDED_BY(mutex_) = 0;
};

}  // namespace usersync::bridge
