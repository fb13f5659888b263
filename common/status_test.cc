#include "common/status.h"

#include <gtest/gtest.h>

namespace usersync {
namespace {

TEST(Status, KeepsReasonAndFactsOnItsWayThroughGrpc) {
  absl::Status error = Error(absl::StatusCode::kAborted, "POSITION_MOVED", "somebody was faster",
                             {{"position", "7"}});
  AddViolations(error, {{"after", "must be the position"}});
  const grpc::Status wire = ToGrpc(error);
  EXPECT_EQ(wire.error_code(), grpc::StatusCode::ABORTED);
  const absl::Status back = FromGrpc(wire);
  EXPECT_EQ(back, error);
  EXPECT_EQ(ReasonOf(back), "POSITION_MOVED");
  EXPECT_EQ(MetadataOf(back, "position"), "7");
  EXPECT_EQ(MetadataOf(back, "other"), std::nullopt);
}

TEST(Status, WithoutDetailsHasNoReason) {
  EXPECT_EQ(ReasonOf(FromGrpc(grpc::Status(grpc::StatusCode::NOT_FOUND, "gone"))), "");
  EXPECT_TRUE(FromGrpc(grpc::Status::OK).ok());
}

}  // namespace
}  // namespace usersync
