// Collects the messages that came too late: a browser of a user who was erased meanwhile published
// once more what the store then refused. Stands before another sink of receipts. Thread-safe.
#pragma once

#include <cstdint>
#include <vector>

#include "bridge/receipt_publisher.h"
#include "common/mutex.h"

namespace usersync::bridge {

class LateMessages final : public ReceiptSink {
 public:
  // `next` must outlive this.
  explicit LateMessages(ReceiptSink& next) : next_(next) {}

  void Publish(const UpdateBatch& batch,
               const users::internal::v1::IngestResponse& response) override;

  // The sequences in USERS_UPDATE of those that came since the last call.
  std::vector<uint64_t> Take();

 private:
  ReceiptSink& next_;
  Mutex mutex_;
  std::vector<uint64_t> sequences_ GUARDED_BY(mutex_);
};

}  // namespace usersync::bridge
