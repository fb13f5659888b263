// Tells authors what became of their mutations, and operators what was refused. Thread-safe.
#pragma once

#include "bridge/nats_connection.h"
#include "bridge/update_batch.h"

namespace usersync::bridge {

// An interface, so that the consumer is tested without NATS.
class ReceiptSink {
 public:
  virtual ~ReceiptSink() = default;
  // Publishes what the store answered to a batch: as many receipts as it has entries.
  virtual void Publish(const UpdateBatch& batch,
                       const users::internal::v1::IngestResponse& response) = 0;
};

class ReceiptPublisher final : public ReceiptSink {
 public:
  // `quick` sends at once, `bulk` sends much; both must outlive this.
  ReceiptPublisher(const NatsConnection& quick, const NatsConnection& bulk);

  void Publish(const UpdateBatch& batch,
               const users::internal::v1::IngestResponse& response) override;

 private:
  const NatsConnection& quick_;
  const NatsConnection& bulk_;
};

}  // namespace usersync::bridge
