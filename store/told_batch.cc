#include "store/told_batch.h"

#include <array>

#include "store/sql_text.h"

namespace usersync::store {
namespace {

grpc::Slice Serialize(const users::v1::WatchResponse& response) {
  return grpc::Slice(response.SerializeAsString());
}

}  // namespace

ToldBatch RenderBatch(const std::vector<ChangePointer>& page, const ChangeView& view,
                      absl::Time now) {
  google::protobuf::Timestamp send_time;
  SetTimestamp(absl::ToUnixMicros(now), &send_time);
  users::v1::WatchResponse response;
  auto& changes = *response.mutable_changes()->mutable_changes();
  changes.Reserve(static_cast<int>(page.size()));
  for (const ChangePointer& change : page) {
    users::v1::Change& told = *changes.Add();
    told = change->change;
    if (told.has_hop_times()) *told.mutable_hop_times()->mutable_send_time() = send_time;
    if (view.include_before && change->before) *told.mutable_before() = *change->before;
    if (view.include_proof) *told.mutable_version()->mutable_proof() = change->proof;
  }
  return {page.back()->sequence(), page.back()->change.checkpoint(), Serialize(response)};
}

grpc::ByteBuffer ResponseOf(const users::v1::WatchResponse& rest, const grpc::Slice& changes) {
  const std::array<grpc::Slice, 2> slices = {Serialize(rest), changes};
  return grpc::ByteBuffer(slices.data(), slices.size());
}

grpc::ByteBuffer ResponseOf(const users::v1::WatchResponse& response) {
  const grpc::Slice slice = Serialize(response);
  return grpc::ByteBuffer(&slice, 1);
}

}  // namespace usersync::store
