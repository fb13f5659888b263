#include "bridge/late_messages.h"

#include <algorithm>
#include <utility>

namespace usersync::bridge {
namespace {

bool SaysErased(const users::v1::Receipt& receipt) {
  const auto& violations = receipt.violations();
  return std::any_of(violations.begin(), violations.end(), [](const auto& violation) {
    return violation.reason() == users::v1::ERROR_REASON_USER_ERASED;
  });
}

}  // namespace

void LateMessages::Publish(const UpdateBatch& batch,
                           const users::internal::v1::IngestResponse& response) {
  next_.Publish(batch, response);
  for (size_t i = 0; i < batch.recipients().size(); ++i) {
    const users::v1::Receipt* receipt = batch.ReceiptOf(i, response);
    if (receipt == nullptr || !SaysErased(*receipt)) continue;
    MutexLock lock(mutex_);
    sequences_.push_back(batch.messages()[batch.recipients()[i].message].sequence);
  }
}

std::vector<uint64_t> LateMessages::Take() {
  MutexLock lock(mutex_);
  return std::exchange(sequences_, {});
}

}  // namespace usersync::bridge
