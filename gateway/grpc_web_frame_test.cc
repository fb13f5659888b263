#include "gateway/grpc_web_frame.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace usersync::gateway {
namespace {

using testing::ElementsAre;

// All payloads of `bytes`, fed in pieces of `piece` bytes.
std::vector<std::string> Payloads(absl::string_view bytes, size_t piece) {
  GrpcWebFrameReader reader(100);
  std::vector<std::string> payloads;
  for (size_t i = 0; i < bytes.size(); i += piece) {
    absl::string_view part = bytes.substr(i, piece);
    GrpcWebFrame frame;
    while (reader.Read(&part, &frame).value()) payloads.push_back(frame.payload);
    EXPECT_TRUE(part.empty());
  }
  EXPECT_FALSE(reader.is_inside());
  return payloads;
}

TEST(GrpcWebFrame, IsFoundHoweverTheBytesAreCut) {
  const std::string bytes =
      FrameHead(0, 5) + "hello" + FrameHead(0, 0) + FrameHead(GrpcWebFrame::kCompressed, 3) + "abc";
  for (size_t piece = 1; piece <= bytes.size(); ++piece) {
    EXPECT_THAT(Payloads(bytes, piece), ElementsAre("hello", "", "abc")) << piece;
  }
}

TEST(GrpcWebFrame, HasItsLengthInBigEndian) {
  EXPECT_EQ(FrameHead(GrpcWebFrame::kTrailers, 0x01020304), "\x80\x01\x02\x03\x04");
}

TEST(GrpcWebFrame, IsRefusedByItsHeadIfItIsTooLarge) {
  GrpcWebFrameReader reader(100);
  const std::string head = FrameHead(0, 0xffffffff);
  absl::string_view bytes = head;
  GrpcWebFrame frame;
  EXPECT_TRUE(absl::IsResourceExhausted(reader.Read(&bytes, &frame).status()));
}

TEST(GrpcWebFrame, IsRefusedWithFlagsThatNobodyKnows) {
  GrpcWebFrameReader reader(100);
  const std::string head = FrameHead(0x02, 1);
  absl::string_view bytes = head;
  GrpcWebFrame frame;
  EXPECT_TRUE(absl::IsInvalidArgument(reader.Read(&bytes, &frame).status()));
}

TEST(GrpcWebFrame, ThatIsCutShortIsKnownToBe) {
  GrpcWebFrameReader reader(100);
  const std::string cut = FrameHead(0, 5) + "hell";
  absl::string_view bytes = cut;
  GrpcWebFrame frame;
  EXPECT_FALSE(reader.Read(&bytes, &frame).value());
  EXPECT_TRUE(reader.is_inside());
}

}  // namespace
}  // namespace usersync::gateway
