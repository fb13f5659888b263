// Removes the messages of erased users from both streams, once everybody could hear of the erasure:
// what was taken in from USERS_UPDATE, and what was broadcast before; and what their browsers
// publish afterwards, once it was refused. How far that was done stands in the store, as a position
// of its own: whoever dies half-way begins again there, and doing it twice removes nothing more. So
// any number of them may run.
#pragma once

#include <cstdint>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "bridge/broadcast_stream.h"
#include "bridge/counters.h"
#include "bridge/late_messages.h"
#include "bridge/stop_flag.h"
#include "bridge/store_client.h"
#include "bridge/stored_messages.h"

namespace usersync::bridge {

// The name of that position.
inline constexpr char kErasuresSource[] = "ERASURES";

class Eraser {
 public:
  struct Options {
    // How often the store is asked for erasures.
    absl::Duration poll = absl::Seconds(1);
  };

  // All must outlive this.
  Eraser(Options options, StoredMessages& messages, BroadcastStream& broadcasts, StoreClient& store,
         LateMessages& late, Counters& counters)
      : options_(options),
        messages_(messages),
        broadcasts_(broadcasts),
        store_(store),
        late_(late),
        counters_(counters) {}

  // Runs until Stop.
  void Run();
  void Stop() { stop_.Stop(); }

  // Carries out the erasures that were broadcast by now; OK also if there is none.
  absl::Status EraseNext();

 private:
  using Ids = absl::flat_hash_set<std::string>;

  absl::Status EraseLate();
  absl::Status EraseUpdates(const Ids& ids);
  absl::Status EraseBroadcasts(const Ids& ids, uint64_t last);
  absl::Status Remove(const std::string& stream, uint64_t sequence);
  absl::Status Note(const Position& done, int64_t sequence);

  const Options options_;
  StoredMessages& messages_;
  BroadcastStream& broadcasts_;
  StoreClient& store_;
  LateMessages& late_;
  Counters& counters_;
  StopFlag stop_;
};

}  // namespace usersync::bridge
