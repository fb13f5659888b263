// Tells authors what became of their mutations, and operators what was refused. Thread-safe.
#pragma once

#include "bridge/counters.h"
#include "bridge/nats_connection.h"
#include "bridge/update_batch.h"

namespace usersync::bridge {

// An interface, so that the consumer is tested without NATS.
class ReceiptSink {
 public:
  virtual ~ReceiptSink() = default;
  // Publishes what the store answered to a batch. Thread-safe.
  virtual void Publish(const UpdateBatch& batch,
                       const users::internal::v1::IngestResponse& response) = 0;
};

class ReceiptPublisher final : public ReceiptSink {
 public:
  // `quick` sends at once, `bulk` sends much; all must outlive this.
  ReceiptPublisher(const NatsConnection& quick, const NatsConnection& bulk, Counters& counters);

  void Publish(const UpdateBatch& batch,
               const users::internal::v1::IngestResponse& response) override;

 private:
  absl::Status Send(const NatsConnection& nats, const UpdateMessage& message,
                    const UpdateBatch::Recipient& recipient, const users::v1::Receipt& receipt);
  void Note(const absl::Status& status);

  const NatsConnection& quick_;
  const NatsConnection& bulk_;
  Counters& counters_;
};

}  // namespace usersync::bridge
