// What the store has done since it started. No label names an actor or a user. Thread-safe.
#pragma once

#include "common/metrics.h"

namespace usersync::store {

struct Counters {
  // Committed transactions of the sequencer, from the lock to the commit, and what they held.
  Stopwatch commits;
  // The part of that for the log and the head: what the log costs, and a little more.
  Stopwatch log;
  Counter requests;
  Counter changes;
  // Tries that failed and were repeated, or answered with an error.
  Counter failed_commits;
};

// Under the names usersync_store_… . `counters` must outlive `metrics`.
void AddTo(Metrics& metrics, const Counters& counters);

}  // namespace usersync::store
