#include "bridge/receipt_publisher.h"

#include "bridge/receipt_codec.h"
#include "bridge/subjects.h"
#include "common/log.h"

namespace usersync::bridge {
namespace {

// Up to here a batch is sent at once rather than together.
constexpr size_t kQuickBatch = 16;

}  // namespace

ReceiptPublisher::ReceiptPublisher(const NatsConnection& quick, const NatsConnection& bulk)
    : quick_(quick), bulk_(bulk) {}

void ReceiptPublisher::Publish(const UpdateBatch& batch,
                               const users::internal::v1::IngestResponse& response) {
  const auto& recipients = batch.recipients();
  const NatsConnection& nats = recipients.size() <= kQuickBatch ? quick_ : bulk_;
  for (size_t i = 0; i < recipients.size() && i < size_t(response.receipts_size()); ++i) {
    const auto& recipient = recipients[i];
    const auto& receipt = response.receipts(static_cast<int>(i));
    absl::Status status;
    const std::string subject = ReceiptSubject(recipient.actor, recipient.token);
    if (!subject.empty()) {
      status =
          nats.Publish(subject, EncodeReceipt(receipt, recipient.mutation_id, recipient.index));
    }
    const int64_t refused_id =
        i < size_t(response.refused_ids_size()) ? response.refused_ids(static_cast<int>(i)) : 0;
    if (refused_id != 0) {
      status.Update(nats.Publish(kRefusedSubject, EncodeRefusal(receipt, refused_id)));
    }
    // The author asks again with the same mutation_id and gets the same receipt.
    if (!status.ok()) spdlog::warn("a receipt was lost: {}", std::string(status.message()));
  }
}

}  // namespace usersync::bridge
