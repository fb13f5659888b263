// What a service tells about itself in numbers, as Prometheus' text format 0.0.4. No label ever
// names an actor or a user. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/mutex.h"

namespace usersync {

// Only ever grows.
class Counter {
 public:
  void Add(uint64_t count = 1) { value_.fetch_add(count, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_ = 0;
};

// How long something takes, counted in buckets from 0.5 ms to 10 s.
class Stopwatch {
 public:
  // The upper edge of each bucket, in seconds.
  static const std::vector<double>& Edges();

  void Add(absl::Duration time);

  // How many took at most each edge, then how many there were.
  std::vector<uint64_t> Cumulative() const;
  double total_seconds() const;

 private:
  mutable Mutex mutex_;
  // One more than there are edges: what took longer.
  std::vector<uint64_t> counts_ GUARDED_BY(mutex_) = std::vector<uint64_t>(Edges().size() + 1);
  absl::Duration total_ GUARDED_BY(mutex_);
};

// What is told. Fill it before anybody asks; whatever it reads must outlive it.
class Metrics {
 public:
  // `name` as Prometheus wants it: snake_case with a unit; counters end in _total.
  void Add(std::string name, std::string help, const Counter& counter);
  void Add(std::string name, std::string help, const Stopwatch& stopwatch);
  void AddGauge(std::string name, std::string help, std::function<double()> read);

  std::string Text() const;

 private:
  struct Family {
    std::string name;
    std::string help;
    const char* type;
    std::function<std::string(const std::string& name)> samples;
  };

  std::vector<Family> families_;
};

}  // namespace usersync
