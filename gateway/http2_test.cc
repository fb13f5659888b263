#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <nghttp2/nghttp2.h>

#include <optional>
#include <thread>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "gateway/grpc_web_frame.h"
#include "gateway/testing/gateway_fixture.h"
#include "gateway/testing/http2_client.h"

namespace usersync::gateway {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr char kUnary[] = "/grpc.testing.TestService/UnaryCall";
constexpr char kStream[] = "/grpc.testing.TestService/StreamingOutputCall";
constexpr char kWatch[] = "/grpc.health.v1.Health/Watch";

std::string Framed(const std::string& message) { return FrameHead(0, message.size()) + message; }

class Http2Test : public GatewayFixture {
 protected:
  Gateway::Options Options() override {
    auto options = GatewayFixture::Options();
    options.limits.body = absl::Milliseconds(500);
    return options;
  }

  // Whether the gateway still answers others.
  bool Serves() {
    Http2Client client(gateway_->http_port());
    client.Call(1, kUnary, Framed(""));
    return absl::EndsWith(client.ReadBody(1), "grpc-status:0\r\n");
  }
};

TEST_F(Http2Test, CarriesCallsAtOnceOverOneConnectionWithoutTrailersOfHttp) {
  Http2Client client(gateway_->http_port());
  Http2Frame frame;
  client.Call(1, kUnary, Framed(""));
  ASSERT_TRUE(client.ReadUntil(Http2Frame::kHeaders, 1, &frame));
  EXPECT_EQ(frame.flags & Http2Frame::kEndStream, 0);
  EXPECT_THAT(client.ReadBody(1), EndsWith("grpc-status:0\r\n"));
  client.Call(3, kWatch, Framed(""));
  client.Call(5, kUnary, Framed(""));
  EXPECT_THAT(client.ReadBody(5), EndsWith("grpc-status:0\r\n"));
}

TEST_F(Http2Test, SendsEachMessageAsItComes) {
  Http2Client client(gateway_->http_port());
  client.Call(1, kWatch, Framed(""));
  Http2Frame frame;
  for (const bool serves : {false, true, false}) {
    ASSERT_TRUE(client.ReadUntil(Http2Frame::kData, 1, &frame));
    EXPECT_EQ(frame.flags & Http2Frame::kEndStream, 0);
    backend_.SetServing(serves);
  }
}

TEST_F(Http2Test, SaysHowManyStreamsItTakes) {
  Http2Client client(gateway_->http_port());
  Http2Frame frame;
  ASSERT_TRUE(client.ReadUntil(Http2Frame::kSettings, 0, &frame));
  const std::string most_streams = BigEndian(3, 2) + BigEndian(1000, 4);
  EXPECT_THAT(frame.payload, HasSubstr(most_streams));
}

TEST_F(Http2Test, ResetsAStreamWhoseHeadersAreTooLargeAndServesTheOthers) {
  Http2Client client(gateway_->http_port());
  const std::string fields = Http2Request(kUnary, {{"x-large", std::string(17 << 10, 'x')}});
  const size_t half = fields.size() / 2;
  client.Send({Http2Frame::kHeaders, 0, 1, fields.substr(0, half)});
  client.Send({Http2Frame::kContinuation, Http2Frame::kEndHeaders, 1, fields.substr(half)});
  Http2Frame frame;
  ASSERT_TRUE(client.ReadUntil(Http2Frame::kReset, 1, &frame));
  // Not because its body does not come.
  EXPECT_EQ(frame.payload, BigEndian(NGHTTP2_INTERNAL_ERROR, 4));
  client.Call(3, kUnary, Framed(""));
  EXPECT_THAT(client.ReadBody(3), EndsWith("grpc-status:0\r\n"));
}

TEST_F(Http2Test, LeavesAClientWhoseHeadersNeverEnd) {
  Http2Client client(gateway_->http_port());
  client.Send({Http2Frame::kHeaders, 0, 1, Http2Request(kUnary)});
  const std::string more = Bytes({Http2Frame::kContinuation, 0, 1, Http2Field("x-more", "more")});
  EXPECT_TRUE(Eventually([&] { return !client.TrySend(more); }));
  EXPECT_TRUE(Serves());
}

TEST_F(Http2Test, LeavesAClientThatResetsFasterThanAnybodyNeeds) {
  Http2Client client(gateway_->http_port());
  const std::string fields = Http2Request(kStream);
  uint32_t stream = 1;
  EXPECT_TRUE(Eventually([&] {
    std::string bytes;
    for (const uint32_t end = stream + 200; stream < end; stream += 2) {
      bytes += Bytes({Http2Frame::kHeaders, Http2Frame::kEndHeaders, stream, fields});
      bytes += Bytes({Http2Frame::kReset, 0, stream, BigEndian(8, 4)});
    }
    return !client.TrySend(bytes);
  }));
  EXPECT_TRUE(Serves());
}

TEST_F(Http2Test, ResetsAStreamWhoseBodyDoesNotCome) {
  Http2Client client(gateway_->http_port());
  client.Send({Http2Frame::kHeaders, Http2Frame::kEndHeaders, 1, Http2Request(kUnary)});
  client.Send({Http2Frame::kData, 0, 1, "\0"});
  Http2Frame frame;
  EXPECT_TRUE(client.ReadUntil(Http2Frame::kReset, 1, &frame));
}

TEST_F(Http2Test, ReadsNoFurtherThanItsReader) {
  grpc::testing::StreamingOutputCallRequest request;
  constexpr int kMessages = 2000;
  for (int i = 0; i < kMessages; ++i) request.add_response_parameters()->set_size(100000);
  Http2Client client(gateway_->http_port());
  client.Call(1, kStream, Framed(request.SerializeAsString()));
  // Not HTTP/2's own window is what holds it back.
  client.Allow(1, (1u << 31) - (1 << 17));
  Http2Frame frame;
  ASSERT_TRUE(client.ReadUntil(Http2Frame::kData, 1, &frame));
  EXPECT_LT(WrittenWhenItStands(), kMessages / 5);
  const std::string rest = client.ReadBody(1);
  EXPECT_GT(rest.size(), 199000000u);
  EXPECT_THAT(rest.substr(rest.size() - 15), "grpc-status:0\r\n");
}

TEST_F(Http2Test, SaysGoodbyeAndEndsStreamsWithAStatusWhenItStops) {
  Http2Client client(gateway_->http_port());
  client.Call(1, kWatch, Framed(""));
  Http2Frame frame;
  ASSERT_TRUE(client.ReadUntil(Http2Frame::kData, 1, &frame));
  std::thread stop([this] { gateway_.reset(); });
  EXPECT_TRUE(client.ReadUntil(Http2Frame::kGoAway, 0, &frame));
  EXPECT_THAT(client.ReadBody(1), HasSubstr("grpc-status:14\r\ngrpc-message:the gateway stops"));
  stop.join();
}

// An address of this machine that is not of loopback, if it has one.
std::optional<boost::asio::ip::address> AddressBeyondLoopback() {
  ifaddrs* all = nullptr;
  if (getifaddrs(&all) != 0) return std::nullopt;
  const absl::Cleanup free_all = [all] { freeifaddrs(all); };
  for (const ifaddrs* one = all; one != nullptr; one = one->ifa_next) {
    if (one->ifa_addr == nullptr || one->ifa_addr->sa_family != AF_INET) continue;
    const auto* ipv4 = reinterpret_cast<const sockaddr_in*>(one->ifa_addr);
    const boost::asio::ip::address_v4 address(ntohl(ipv4->sin_addr.s_addr));
    if (!address.is_loopback()) return address;
  }
  return std::nullopt;
}

class BeyondLoopbackTest : public Http2Test {
 protected:
  Gateway::Options Options() override {
    auto options = Http2Test::Options();
    options.host = "0.0.0.0";
    options.beyond_loopback = true;
    return options;
  }
};

TEST_F(BeyondLoopbackTest, Http2IsNotSpokenWithoutTls) {
  EXPECT_TRUE(Serves());
  const auto address = AddressBeyondLoopback();
  if (!address) GTEST_SKIP() << "this machine has no other address than loopback's";
  RawClient client(gateway_->http_port(), *address);
  client.Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  EXPECT_THAT(client.ReadAll(), StartsWith("HTTP/1.1 400 "));
}

// A store that takes 100 streams a connection.
class CrowdTest : public Http2Test {
 protected:
  void SetUp() override {
    backend_.SetMostStreams(100);
    Http2Test::SetUp();
  }
};

TEST_F(CrowdTest, AThousandStreamsDoNotBlockACall) {
  Http2Client client(gateway_->http_port());
  constexpr uint32_t kStreams = 1000;
  for (uint32_t i = 0; i < kStreams; ++i) client.Call(2 * i + 1, kWatch, Framed(""));
  Http2Frame frame;
  for (uint32_t begun = 0; begun < kStreams; begun += frame.type == Http2Frame::kData ? 1 : 0) {
    ASSERT_TRUE(client.Read(&frame));
  }
  EXPECT_TRUE(Serves());
}

}  // namespace
}  // namespace usersync::gateway
