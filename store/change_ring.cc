#include "store/change_ring.h"

#include <cassert>
#include <utility>

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
  const size_t bytes = change->ByteSize();
  bytes_ += bytes;
  changes_.push_back({std::move(change), bytes});
  while (changes_.size() > options_.count_limit || bytes_ > options_.byte_limit) {
    bytes_ -= changes_.front().bytes;
    changes_.pop_front();
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
