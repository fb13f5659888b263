#include "store/change_ring.h"

#include <cassert>
#include <utility>

#include "store/erasure.h"

namespace usersync::store {

void ChangeRing::Reset(int64_t head, std::string checkpoint) {
  changes_.clear();
  bytes_ = 0;
  head_ = head;
  head_checkpoint_ = std::move(checkpoint);
}

void ChangeRing::Append(ChangePointer change) {
  assert(change->sequence() == head_ + 1);
  head_ = change->sequence();
  head_checkpoint_ = change->change.checkpoint();
  if (change->version().action() == users::v1::ACTION_ERASE) Forget(change->version().user_id());
  const size_t bytes = change->ByteSize();
  bytes_ += bytes;
  changes_.push_back({std::move(change), bytes});
  while (changes_.size() > options_.count_limit || bytes_ > options_.byte_limit) {
    bytes_ -= changes_.front().bytes;
    changes_.pop_front();
  }
}

void ChangeRing::Forget(const std::string& user_id) {
  for (Entry& entry : changes_) {
    if (entry.change->version().user_id() != user_id) continue;
    entry.change = std::make_shared<const FeedChange>(WithoutContent(*entry.change));
    bytes_ -= entry.bytes;
    entry.bytes = entry.change->ByteSize();
    bytes_ += entry.bytes;
  }
}

std::vector<ChangePointer> ChangeRing::After(int64_t after, size_t count, size_t bytes) const {
  std::vector<ChangePointer> page;
  if (after >= head_) return page;
  const int64_t first = head_ - static_cast<int64_t>(changes_.size()) + 1;
  size_t total = 0;
  for (size_t i = after + 1 - first; i < changes_.size() && page.size() < count; ++i) {
    total += changes_[i].bytes;
    if (!page.empty() && total > bytes) break;
    page.push_back(changes_[i].change);
  }
  return page;
}

ChangePointer ChangeRing::Find(int64_t sequence) const {
  const int64_t first = head_ - static_cast<int64_t>(changes_.size()) + 1;
  if (sequence < first || sequence > head_) return nullptr;
  return changes_[sequence - first].change;
}

}  // namespace usersync::store
