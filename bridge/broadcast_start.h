// Where the broadcaster goes on: after the newest message of the stream that the store knows.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "bridge/broadcast_stream.h"
#include "bridge/store_client.h"

namespace usersync::bridge {

struct BroadcastStart {
  // Where the stream stands.
  uint64_t last_sequence = 0;
  // The newest message in it that is of the store's history. An empty checkpoint: there is none,
  // so that the stream is to be filled from the oldest change on.
  BroadcastMark mark;
};

// NOT_FOUND if there is no stream.
absl::StatusOr<BroadcastStart> FindBroadcastStart(BroadcastStream& stream, StoreClient& store);

// Whether the feed has changes after a checkpoint; true also if the checkpoint is of another
// history. An empty one is before everything.
absl::StatusOr<bool> HasChangesAfter(StoreClient& store, const std::string& checkpoint);

}  // namespace usersync::bridge
