#include "store/told_batches.h"

#include <utility>

namespace usersync::store {

std::optional<ToldBatch> ToldBatches::Find(const Key& key, absl::Time now) {
  MutexLock lock(mutex_);
  for (const Entry& entry : entries_) {
    if (now - entry.made > options_.life) return std::nullopt;
    if (entry.key == key) return entry.batch;
  }
  return std::nullopt;
}

void ToldBatches::Add(const Key& key, ToldBatch batch, absl::Time now) {
  MutexLock lock(mutex_);
  if (key.erasures < erasures_) return;
  entries_.push_front({key, now, std::move(batch)});
  while (!entries_.empty() &&
         (entries_.size() > options_.count_limit || now - entries_.back().made > options_.life)) {
    entries_.pop_back();
  }
}

void ToldBatches::Forget(int64_t erasures) {
  MutexLock lock(mutex_);
  if (erasures <= erasures_) return;
  erasures_ = erasures;
  entries_.clear();
}

}  // namespace usersync::store
