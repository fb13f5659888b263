// What the bridge has done since it started. No label names an actor or a user. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>

namespace usersync::bridge {

class Counter {
 public:
  void Add(uint64_t count = 1) { value_.fetch_add(count, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_ = 0;
};

struct Counters {
  // In: messages taken in, the Ingest calls it took, and those that had to be repeated.
  Counter messages;
  Counter ingests;
  Counter ingest_retries;
  // Messages that the store refused as a whole.
  Counter unusable_messages;
  Counter receipts;
  // Receipts that nobody got: NATS refused them, or the answer of an Ingest did not come.
  Counter lost_receipts;
  // How often this bridge began to stand by, in and out.
  Counter consumer_standbys;
  Counter broadcaster_standbys;
  // Out.
  Counter broadcasts;
  Counter broadcast_restarts;
  Counter pulls;
  Counter failed_pulls;
};

}  // namespace usersync::bridge
