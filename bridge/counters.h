// What the bridge has done since it started. No label names an actor or a user. Thread-safe.
#pragma once

#include "common/metrics.h"

namespace usersync::bridge {

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
  // Messages of erased users that were removed from the streams.
  Counter erased_messages;
  Counter pulls;
  Counter failed_pulls;
};

// Under the names usersync_bridge_… . `counters` must outlive `metrics`.
void AddTo(Metrics& metrics, const Counters& counters);

}  // namespace usersync::bridge
