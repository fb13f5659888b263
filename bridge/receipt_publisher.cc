#include "bridge/receipt_publisher.h"

#include "bridge/receipt_codec.h"
#include "bridge/subjects.h"
#include "common/log.h"

namespace usersync::bridge {
namespace {

using users::v1::Receipt;

// Up to here a batch is sent at once rather than together.
constexpr size_t kQuickBatch = 16;

// The same without the documents, which alone may be large: what a message cannot hold is told
// shortly.
Receipt Shortened(const Receipt& receipt) {
  Receipt shorter = receipt;
  shorter.clear_user();
  shorter.clear_conflicts();
  return shorter;
}

}  // namespace

ReceiptPublisher::ReceiptPublisher(const NatsConnection& quick, const NatsConnection& bulk,
                                   Counters& counters)
    : quick_(quick), bulk_(bulk), counters_(counters) {}

void ReceiptPublisher::Publish(const UpdateBatch& batch,
                               const users::internal::v1::IngestResponse& response) {
  const auto& recipients = batch.recipients();
  const NatsConnection& nats = recipients.size() <= kQuickBatch ? quick_ : bulk_;
  for (size_t i = 0; i < recipients.size(); ++i) {
    const Receipt* receipt = batch.ReceiptOf(i, response);
    if (receipt == nullptr) continue;
    const UpdateMessage& message = batch.messages()[recipients[i].message];
    if (!message.receipt_token.empty()) {
      Note(Send(nats, message, recipients[i], *receipt));
    }
    if (const int64_t refused_id = batch.RefusedIdOf(i, response); refused_id != 0) {
      Note(nats.Publish(kRefusedSubject, EncodeRefusal(*receipt, refused_id)));
    }
  }
}

absl::Status ReceiptPublisher::Send(const NatsConnection& nats, const UpdateMessage& message,
                                    const UpdateBatch::Recipient& recipient,
                                    const Receipt& receipt) {
  const std::string subject =
      ReceiptSubject(ActorOf(message.subject, kUpdateSubject), message.receipt_token);
  if (subject.empty()) return absl::OkStatus();
  counters_.receipts.Add();
  const auto status =
      nats.Publish(subject, EncodeReceipt(receipt, recipient.mutation_id, recipient.index));
  if (!absl::IsInvalidArgument(status)) return status;
  return nats.Publish(subject,
                      EncodeReceipt(Shortened(receipt), recipient.mutation_id, recipient.index));
}

// The author asks again with the same mutation_id, and gets the same receipt.
void ReceiptPublisher::Note(const absl::Status& status) {
  if (status.ok()) return;
  counters_.lost_receipts.Add();
  spdlog::warn("a receipt was lost: {}", std::string(status.message()));
}

}  // namespace usersync::bridge
