#include "gateway/grpc_web_trailers.h"

#include <gtest/gtest.h>

#include "gateway/grpc_web_frame.h"

namespace usersync::gateway {
namespace {

std::string Framed(const std::string& text) { return FrameHead(0x80, text.size()) + text; }

TEST(GrpcWebTrailers, HoldTheStatusAloneWhenAllIsWell) {
  EXPECT_EQ(TrailersFrame(grpc::Status::OK, {}), Framed("grpc-status:0\r\n"));
}

TEST(GrpcWebTrailers, EncodeTheMessageAndTheDetails) {
  const grpc::Status status(grpc::StatusCode::NOT_FOUND, "100% \xc3\xa9\n", "ab");
  EXPECT_EQ(TrailersFrame(status, {}), Framed("grpc-status:5\r\n"
                                              "grpc-message:100%25 %C3%A9%0A\r\n"
                                              "grpc-status-details-bin:YWI\r\n"));
}

TEST(GrpcWebTrailers, KeepEveryValueAndSendTheDetailsOnce) {
  const grpc::Status status(grpc::StatusCode::ABORTED, "", "ab");
  const Metadata trailing = {{"x-tag", "a"}, {"x-tag", "b"}, {"grpc-status-details-bin", "ab"}};
  EXPECT_EQ(TrailersFrame(status, trailing), Framed("grpc-status:10\r\n"
                                                    "grpc-status-details-bin:YWI\r\n"
                                                    "x-tag:a\r\nx-tag:b\r\n"));
}

TEST(GrpcWebTrailers, TellNoAddressOfAStore) {
  const grpc::Status grpcs(grpc::StatusCode::UNAVAILABLE,
                           "failed to connect to all addresses; last error: UNKNOWN: "
                           "ipv4:127.0.0.1:50052: Failed to connect to remote host");
  EXPECT_EQ(WithoutAddresses(grpcs).error_message(), "the store cannot be reached; try again");
  const grpc::Status stores(grpc::StatusCode::UNAVAILABLE, "the store is stopping");
  EXPECT_EQ(WithoutAddresses(stores).error_message(), "the store is stopping");
}

}  // namespace
}  // namespace usersync::gateway
