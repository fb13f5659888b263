#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/grpc_web_frame.h"
#include "gateway/testing/gateway_fixture.h"
#include "gateway/testing/http2_client.h"
#include "gateway/testing/raw_client.h"

namespace usersync::gateway {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr char kGet[] = "GET /config.json HTTP/1.1\r\nHost: localhost\r\n\r\n";
constexpr char kPost[] =
    "POST /grpc.testing.TestService/StreamingOutputCall HTTP/1.1\r\nHost: localhost\r\n"
    "Content-Type: application/grpc-web\r\nContent-Length: ";

std::string Post(const grpc::testing::StreamingOutputCallRequest& request) {
  const std::string message = request.SerializeAsString();
  return absl::StrCat(kPost, message.size() + 5, "\r\n\r\n", FrameHead(0, message.size()), message);
}

// How long a client may take is short here.
class LimitsTest : public GatewayFixture {
 protected:
  Gateway::Options Options() override {
    auto options = GatewayFixture::Options();
    options.limits = {.greeting = absl::Milliseconds(500),
                      .head = absl::Milliseconds(500),
                      .body = absl::Milliseconds(500),
                      .idle = absl::Milliseconds(500),
                      .stall = absl::Milliseconds(500),
                      .most_connections = 3};
    return options;
  }

  // Sends the same bytes again and again, with time between them, until the peer hangs up.
  static bool IsLeft(RawClient& client, absl::string_view bytes) {
    return Eventually([&] {
      absl::SleepFor(absl::Milliseconds(20));
      return !client.TrySend(bytes);
    });
  }

  int port() const { return gateway_->http_port(); }
};

TEST_F(LimitsTest, LeavesAClientThatSaysNothing) { EXPECT_EQ(RawClient(port()).ReadAll(), ""); }

TEST_F(LimitsTest, LeavesAClientThatIsIdleBetweenRequests) {
  RawClient client(port());
  client.Send(kGet);
  EXPECT_THAT(client.ReadAll(), EndsWith("}"));
}

TEST_F(LimitsTest, LeavesAClientWhoseHeadDripsWithoutEnd) {
  RawClient client(port());
  client.Send("GET / HTTP/1.1\r\n");
  EXPECT_TRUE(IsLeft(client, "X: y\r\n"));
}

TEST_F(LimitsTest, LeavesAClientWhoseBodyDrips) {
  RawClient client(port());
  client.Send(absl::StrCat(kPost, "100005\r\n\r\n", FrameHead(0, 100000)));
  EXPECT_TRUE(IsLeft(client, "x"));
}

TEST_F(LimitsTest, RefusesAHeadThatIsTooLarge) {
  RawClient client(port());
  client.Send(absl::StrCat("GET / HTTP/1.1\r\nHost: localhost\r\nX: ", std::string(17 << 10, 'x')));
  EXPECT_THAT(client.ReadAll(), StartsWith("HTTP/1.1 431 "));
}

// Nobody needs what stands there, and it would be kept until its line ends.
TEST_F(LimitsTest, RefusesChunksWithMoreBetweenThemThanAHeadMayHold) {
  const std::string much(17 << 10, 'x');
  for (const std::string& between :
       {absl::StrCat("5;", much), std::string(17 << 10, '0'), absl::StrCat("0\r\nX: ", much),
        absl::StrCat("5\r\n", FrameHead(0, 0), "\r\n5;", much)}) {
    RawClient client(port());
    client.Send(
        absl::StrCat("POST /grpc.testing.TestService/UnaryCall HTTP/1.1\r\nHost: localhost\r\n"
                     "Content-Type: application/grpc-web\r\nTransfer-Encoding: chunked\r\n\r\n",
                     between));
    EXPECT_THAT(client.ReadAll(), StartsWith("HTTP/1.1 400 ")) << between.substr(0, 10);
  }
}

TEST_F(LimitsTest, LeavesAReaderThatTakesNothingAndEndsTheStoresStream) {
  grpc::testing::StreamingOutputCallRequest request;
  for (int i = 0; i < 1000; ++i) request.add_response_parameters()->set_size(100000);
  request.mutable_response_status()->set_code(Backend::kForEver);
  RawClient client(port());
  client.Send(Post(request));
  client.ReadUntil("x");
  EXPECT_TRUE(Eventually([&] { return backend_.cancelled() == 1; }));
}

TEST_F(LimitsTest, ResetsAStreamOfHttp2WhoseReaderTakesNothing) {
  grpc::testing::StreamingOutputCallRequest request;
  for (int i = 0; i < 1000; ++i) request.add_response_parameters()->set_size(100000);
  request.mutable_response_status()->set_code(Backend::kForEver);
  const std::string message = request.SerializeAsString();
  Http2Client client(port());
  client.Call(1, "/grpc.testing.TestService/StreamingOutputCall",
              FrameHead(0, message.size()) + message);
  Http2Frame frame;
  EXPECT_TRUE(client.ReadUntil(Http2Frame::kReset, 1, &frame));
  EXPECT_TRUE(Eventually([&] { return backend_.cancelled() == 1; }));
}

TEST_F(LimitsTest, LeavesAClientOfHttp2ThatAsksNothing) {
  Http2Client client(port());
  Http2Frame frame;
  while (client.Read(&frame)) EXPECT_NE(frame.type, Http2Frame::kData);
}

TEST_F(LimitsTest, RefusesMoreConnectionsThanItHasRoomFor) {
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<RawClient>(port()));
    clients.back()->Send(kGet);
    EXPECT_THAT(clients.back()->ReadUntil("}"), StartsWith("HTTP/1.1 200 "));
  }
  EXPECT_EQ(RawClient(port()).ReadAll(), "");
  clients.pop_back();
  EXPECT_TRUE(Eventually([&] {
    RawClient client(port());
    return client.TrySend(kGet) && absl::StartsWith(client.ReadUntil("}"), "HTTP/1.1 200 ");
  }));
}

class StopTest : public GatewayFixture {};

TEST_F(StopTest, FinishesWhatIsBegunAndClosesTheConnection) {
  grpc::testing::StreamingOutputCallRequest request;
  request.add_response_parameters()->set_size(1);
  request.mutable_response_status()->set_code(Backend::kForEver);
  RawClient streaming(gateway_->http_port());
  streaming.Send(Post(request));
  streaming.ReadUntil("x");
  // One request that is not whole yet, and one connection that is idle.
  RawClient late(gateway_->http_port());
  late.Send(absl::StrCat(kPost, "5\r\n\r\n", FrameHead(0, 0).substr(0, 4)));
  RawClient idle(gateway_->http_port());
  idle.Send(kGet);
  idle.ReadUntil("}");
  std::thread stop([this] { gateway_.reset(); });
  EXPECT_EQ(idle.ReadAll(), "");
  late.Send(FrameHead(0, 0).substr(4));
  EXPECT_THAT(late.ReadAll(), HasSubstr("grpc-status:0\r\n"));
  EXPECT_THAT(streaming.ReadAll(), HasSubstr("grpc-status:14\r\ngrpc-message:the gateway stops"));
  streaming.Close();
  late.Close();
  stop.join();
}

TEST_F(StopTest, SaysSoToClientsThatCouldAskAgain) {
  // One connection may hear of it later than another: then once more.
  EXPECT_TRUE(Eventually([this] {
    if (gateway_ == nullptr) gateway_ = *Gateway::Start(Options());
    RawClient late(gateway_->http_port());
    late.Send(absl::StrCat(kPost, "5\r\n\r\n", FrameHead(0, 0).substr(0, 4)));
    RawClient idle(gateway_->http_port());
    idle.Send(kGet);
    idle.ReadUntil("}");
    std::thread stop([this] { gateway_.reset(); });
    idle.ReadAll();
    late.Send(FrameHead(0, 0).substr(4));
    const std::string answer = late.ReadAll();
    late.Close();
    stop.join();
    return absl::StrContains(answer, "\r\nconnection: close\r\n");
  }));
}

}  // namespace
}  // namespace usersync::gateway
