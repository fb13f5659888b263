// How much of something each key may have at once. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "common/mutex.h"

namespace usersync {

class Quota {
 public:
  // Counts for its key as long as it lives; may outlive the quota.
  class Slot;

  explicit Quota(int most) : most_(most) {}

  // Null if the key has as many as it may.
  std::shared_ptr<const Slot> Take(const std::string& key) const;

 private:
  struct Counts {
    Mutex mutex;
    // Of keys that have any.
    std::map<std::string, int> taken GUARDED_BY(mutex);
  };

  const int most_;
  const std::shared_ptr<Counts> counts_ = std::make_shared<Counts>();
};

class Quota::Slot {
 public:
  Slot(std::shared_ptr<Counts> counts, std::string key)
      : counts_(std::move(counts)), key_(std::move(key)) {}
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;

  ~Slot() {
    MutexLock lock(counts_->mutex);
    const auto found = counts_->taken.find(key_);
    if (--found->second == 0) counts_->taken.erase(found);
  }

 private:
  const std::shared_ptr<Counts> counts_;
  const std::string key_;
};

inline std::shared_ptr<const Quota::Slot> Quota::Take(const std::string& key) const {
  {
    MutexLock lock(counts_->mutex);
    int& taken = counts_->taken[key];
    if (taken >= most_) return nullptr;
    ++taken;
  }
  return std::make_shared<const Slot>(counts_, key);
}

}  // namespace usersync
