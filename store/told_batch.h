// Changes as they are told to watchers: rendered once, shared by all who are told the same.
#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "store/feed_change.h"
#include "store/watch_request.h"

namespace usersync::store {

// Immutable; cheap to copy.
struct ToldBatch {
  // Of the last change.
  int64_t sequence = 0;
  std::string checkpoint;
  // A serialized WatchResponse that has `changes` and nothing else.
  grpc::Slice changes;
};

// `page` has at least one change. `now` becomes the time of sending.
ToldBatch RenderBatch(const std::vector<ChangePointer>& page, const ChangeView& view,
                      absl::Time now);

// A whole response: `rest` has everything but `changes`. Messages of protobuf that are put
// together are one message, so `changes` is not copied.
grpc::ByteBuffer ResponseOf(const users::v1::WatchResponse& rest, const grpc::Slice& changes);

// A response without changes.
grpc::ByteBuffer ResponseOf(const users::v1::WatchResponse& response);

}  // namespace usersync::store
