// Says how long to wait before the next try: doubling from `first` to `most`, each wait drawn
// between half and the whole of its bound, so that many clients do not come back at once.
// Not thread-safe.
#pragma once

#include <algorithm>

#include "absl/random/random.h"
#include "absl/time/time.h"

namespace usersync {

class Backoff {
 public:
  struct Options {
    absl::Duration first = absl::Milliseconds(50);
    absl::Duration most = absl::Seconds(5);
  };

  Backoff() : Backoff(Options{}) {}
  explicit Backoff(Options options) : options_(options), bound_(options.first) {}

  // The wait before the next try.
  absl::Duration Next() {
    const absl::Duration wait = bound_ * absl::Uniform(random_, 0.5, 1.0);
    bound_ = std::min(bound_ * 2, options_.most);
    return wait;
  }

  // Begins again: the last try succeeded.
  void Reset() { bound_ = options_.first; }

 private:
  const Options options_;
  absl::Duration bound_;
  absl::BitGen random_;
};

}  // namespace usersync
