#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/testing/web_fixture.h"

namespace usersync::gateway {
namespace {

using testing::Contains;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::StartsWith;

class GatewayTest : public WebFixture {};

TEST_F(GatewayTest, CarriesAUnaryCallAndItsStatus) {
  grpc::testing::SimpleRequest request;
  request.set_response_size(3);
  const std::string answer = CallUnary(request);
  EXPECT_THAT(answer,
              StartsWith("HTTP/1.1 200 OK\r\ncontent-type: application/grpc-web+proto\r\n"));
  grpc::testing::SimpleResponse response;
  response.mutable_payload()->set_body("xxx");
  EXPECT_THAT(answer, HasSubstr(Framed(response.SerializeAsString())));
  EXPECT_THAT(answer, HasSubstr("grpc-status:0\r\n"));
  // Or a proxy might collect the messages of a stream.
  EXPECT_THAT(answer, testing::AllOf(HasSubstr("\r\ncache-control: no-cache, no-transform\r\n"),
                                     HasSubstr("\r\nx-accel-buffering: no\r\n")));
}

TEST_F(GatewayTest, AnswersAnErrorOfTheStoreInTheBodyWithHttp200) {
  grpc::testing::SimpleRequest request;
  request.mutable_response_status()->set_code(5);
  request.mutable_response_status()->set_message("no such thing");
  const std::string answer = CallUnary(request);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("grpc-status:5\r\ngrpc-message:no such thing\r\n"));
}

TEST_F(GatewayTest, TellsTheStoreWhoCallsAndWhatTheCallerSaid) {
  CallUnary({}, "X-User-ID: alice\r\nX-Tag: a\r\nUsersync-Actor: admin\r\n");
  const auto metadata = backend_.metadata();
  EXPECT_THAT(metadata, Contains(Pair("usersync-token", "the-token")));
  EXPECT_THAT(metadata, Contains(Pair("usersync-actor", "alice")));
  EXPECT_THAT(metadata, Contains(Pair("x-tag", "a")));
  EXPECT_EQ(metadata.count("usersync-actor"), 1u);
  EXPECT_EQ(metadata.count("x-user-id"), 0u);
}

TEST_F(GatewayTest, ReturnsTheStoresMetadata) {
  const std::string answer =
      CallUnary({}, "X-Echo-Initial: one\r\nX-Echo-Trailing: two\r\nX-Echo-Trailing-Bin: AP8=\r\n");
  EXPECT_THAT(answer, HasSubstr("\r\nx-echo-initial: one\r\n"));
  EXPECT_THAT(answer, HasSubstr("x-echo-trailing:two\r\n"));
  EXPECT_THAT(answer, HasSubstr("x-echo-trailing-bin:AP8\r\n"));
}

TEST_F(GatewayTest, SpeaksTextToWhomAsksForIt) {
  const std::string answer =
      Exchange(Post(kUnary, absl::Base64Escape(Framed("")), "", "application/grpc-web-text"));
  EXPECT_THAT(answer, HasSubstr("content-type: application/grpc-web-text+proto\r\n"));
  EXPECT_THAT(answer, HasSubstr(absl::Base64Escape(FrameHead(GrpcWebFrame::kTrailers, 15) +
                                                   "grpc-status:0\r\n")));
}

// It knows no chunks: the answer ends with the connection.
TEST_F(GatewayTest, SpeaksToClientsOfHttp10AsTheyExpect) {
  const std::string call = Framed("");
  RawClient client(gateway_->http_port());
  client.Send(absl::StrCat("POST ", kUnary, " HTTP/1.0\r\nHost: localhost\r\n",
                           "Connection: keep-alive\r\nContent-Type: application/grpc-web\r\n",
                           "Content-Length: ", call.size(), "\r\n\r\n", call));
  const std::string answer = client.ReadAll();
  EXPECT_THAT(answer, HasSubstr("\r\nconnection: close\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("transfer-encoding")));
  grpc::testing::SimpleResponse response;
  response.mutable_payload();
  EXPECT_THAT(answer, EndsWith("\r\n\r\n" + Framed(response.SerializeAsString()) +
                               FrameHead(GrpcWebFrame::kTrailers, 15) + "grpc-status:0\r\n"));
  RawClient reader(gateway_->http_port());
  reader.Send("GET /config.json HTTP/1.0\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(reader.ReadAll(), testing::AllOf(HasSubstr("\r\nconnection: close\r\n"),
                                               HasSubstr("\r\ncontent-length: "), EndsWith("}")));
}

TEST_F(GatewayTest, WantsExactlyOneMessage) {
  EXPECT_THAT(Exchange(Post(kUnary, "")), HasSubstr("grpc-status:12\r\n"));
  EXPECT_THAT(Exchange(Post(kUnary, Framed("") + Framed(""))), HasSubstr("grpc-status:12\r\n"));
  EXPECT_THAT(Exchange(Post(kUnary, Framed("").substr(0, 4))), HasSubstr("grpc-status:3\r\n"));
}

TEST_F(GatewayTest, ForwardsOnlyListedServices) {
  for (const char* path : {"/users.internal.v1.IngestService/GetPosition", "/users.v1x.A/B",
                           "/grpc.channelz.v1.Channelz/GetServers"}) {
    EXPECT_THAT(Exchange(Post(path, Framed(""))), HasSubstr("grpc-status:12\r\n")) << path;
  }
}

TEST_F(GatewayTest, RefusesWhatIsNoGrpcWebCall) {
  for (const char* type : {"application/grpc-web+json", "application/json", "application/grpc"}) {
    EXPECT_THAT(Exchange(Post(kUnary, "x", "", type)), StartsWith("HTTP/1.1 415 ")) << type;
  }
  for (const char* type : {"", "Content-Type: application/grpc-web\r\n"}) {
    EXPECT_THAT(Get(kUnary, type),
                testing::AllOf(StartsWith("HTTP/1.1 405 "), HasSubstr("\r\nallow: POST\r\n")))
        << type;
  }
  EXPECT_THAT(Get("/nothing"), StartsWith("HTTP/1.1 404 "));
}

TEST_F(GatewayTest, LetsListedPagesReadEveryAnswer) {
  EXPECT_THAT(
      CallUnary({}, "Origin: http://page.test\r\nX-Echo-Initial: one\r\n"),
      testing::AllOf(HasSubstr("access-control-allow-origin: http://page.test\r\n"),
                     HasSubstr("grpc-status-details-bin, x-accel-buffering, x-echo-initial"),
                     HasSubstr("vary: Origin\r\n")));
  EXPECT_THAT(
      CallUnary({}, "Origin: http://evil.test\r\n"),
      testing::AllOf(StartsWith("HTTP/1.1 403 "), Not(HasSubstr("access-control-allow-origin"))));
}

TEST_F(GatewayTest, RefusesSlashesBehindPercentSignsSoThatAPageCanRead) {
  for (const char* path :
       {"/api/users/a%2Fb", "/api/users/a%5cb", "/users.v1.A%2fB", "/log/tile/0%2f000", "/%00"}) {
    EXPECT_THAT(Get(path, "Origin: http://page.test\r\n"),
                testing::AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("encoded slashes"),
                               HasSubstr("access-control-allow-origin: http://page.test\r\n")))
        << path;
  }
  // It says where a request ends like any other.
  RawClient client(gateway_->http_port());
  for (int i = 0; i < 2; ++i) {
    client.Send("GET /a%2Fb HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_THAT(client.ReadUntil("zeros\n"), StartsWith("HTTP/1.1 400 "));
  }
}

// grpc++ aborts the process over such metadata.
TEST_F(GatewayTest, SurvivesMetadataThatGrpcCannotCarry) {
  for (const char* header : {"x!y: 1", "x-v: caf\xc3\xa9", "x-v: a\tb", "x-v-bin: *"}) {
    EXPECT_THAT(CallUnary({}, absl::StrCat(header, "\r\n")), HasSubstr("grpc-status:3\r\n"))
        << header;
  }
  EXPECT_THAT(CallUnary({}), HasSubstr("grpc-status:0\r\n"));
}

TEST_F(GatewayTest, EndsACallAtItsDeadline) {
  grpc::testing::StreamingOutputCallRequest request;
  request.mutable_response_status()->set_code(Backend::kForEver);
  const std::string answer =
      Exchange(Post(kStream, Framed(request.SerializeAsString()), "grpc-timeout: 50m\r\n"));
  EXPECT_THAT(answer, HasSubstr("grpc-status:4\r\n"));
  EXPECT_THAT(CallUnary({}, "grpc-timeout: Infinitym\r\n"), HasSubstr("grpc-status:3\r\n"));
}

TEST_F(GatewayTest, CancelsTheStoresStreamWhenTheClientGoes) {
  grpc::testing::StreamingOutputCallRequest request;
  request.add_response_parameters()->set_size(1);
  request.mutable_response_status()->set_code(Backend::kForEver);
  RawClient client(gateway_->http_port());
  client.Send(Post(kStream, Framed(request.SerializeAsString())));
  client.ReadUntil("x");
  client.Close();
  EXPECT_TRUE(Eventually([&] { return backend_.cancelled() == 1; }));
}

TEST_F(GatewayTest, ReadsNoFurtherThanItsReader) {
  grpc::testing::StreamingOutputCallRequest request;
  constexpr int kMessages = 2000;
  for (int i = 0; i < kMessages; ++i) request.add_response_parameters()->set_size(100000);
  RawClient client(gateway_->http_port());
  client.Send(Post(kStream, Framed(request.SerializeAsString()), "Connection: close\r\n"));
  client.ReadUntil("x");
  EXPECT_LT(WrittenWhenItStands(), kMessages / 5);
  const std::string rest = client.ReadAll();
  EXPECT_GT(rest.size(), 199000000u);
  EXPECT_THAT(rest.substr(rest.size() - 22), EndsWith(absl::StrCat("grpc-status:0\r\n", kEnd)));
  EXPECT_EQ(backend_.written(), kMessages);
}

TEST_F(GatewayTest, KeepsTheConnectionForTheNextRequest) {
  RawClient client(gateway_->http_port());
  for (int i = 0; i < 3; ++i) {
    client.Send(Post(kUnary, Framed("")));
    EXPECT_THAT(client.ReadUntil(kEnd), EndsWith(absl::StrCat("grpc-status:0\r\n", kEnd)));
  }
  // All at once, too.
  client.Send(Post(kUnary, Framed("")) + Post(kUnary, Framed("")));
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(client.ReadUntil(kEnd), EndsWith(absl::StrCat("grpc-status:0\r\n", kEnd)));
  }
}

TEST_F(GatewayTest, ClosesTheConnectionAfterAFramingError) {
  RawClient client(gateway_->http_port());
  client.Send(Post(kUnary, Framed(""), "Transfer-Encoding: chunked\r\n"));
  EXPECT_THAT(client.ReadAll(),
              testing::AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("connection: close\r\n"),
                             EndsWith("must not be there together\n")));
}

TEST_F(GatewayTest, RefusesALineWithoutCarriageReturnBeforeTheHeadHasEnded) {
  RawClient head(gateway_->http_port());
  head.Send("GET /healthz HTTP/1.1\nHost: localhost\n\n");
  EXPECT_THAT(head.ReadAll(), StartsWith("HTTP/1.1 400 "));
  RawClient body(gateway_->http_port());
  body.Send(absl::StrCat("POST ", kUnary, " HTTP/1.1\r\nHost: localhost\r\nContent-Type: ",
                         "application/grpc-web\r\nTransfer-Encoding: chunked\r\n\r\n0\n\n"));
  EXPECT_THAT(body.ReadAll(), StartsWith("HTTP/1.1 400 "));
}

TEST_F(GatewayTest, TellsNoAddressWhenTheStoreIsAway) {
  backend_.Stop();
  const std::string answer = CallUnary({});
  EXPECT_THAT(answer, HasSubstr("grpc-status:14\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("127.0.0.1")));
}

TEST_F(GatewayTest, SaysWhetherTheStoreServes) {
  EXPECT_THAT(Get("/healthz"), testing::AllOf(StartsWith("HTTP/1.1 200 "), EndsWith("\nok\n")));
  backend_.SetServing(false);
  EXPECT_THAT(Get("/healthz"),
              testing::AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("does not serve now")));
  backend_.Stop();
  EXPECT_THAT(Get("/healthz"), testing::AllOf(StartsWith("HTTP/1.1 503 "),
                                              EndsWith("\nthe store cannot be reached\n")));
}

TEST_F(GatewayTest, RefusesATooLargeMessageBeforeItHasCome) {
  RawClient client(gateway_->http_port());
  client.Send(
      absl::StrCat("POST ", kUnary, " HTTP/1.1\r\nHost: localhost\r\n",
                   "Content-Type: application/grpc-web\r\nContent-Length: 100000005\r\n\r\n",
                   FrameHead(0, 100000000)));
  EXPECT_THAT(client.ReadUntil(kEnd), HasSubstr("grpc-status:8\r\n"));
}

// Two stores, of which the first is away.
class TwoStoresTest : public WebFixture {
 protected:
  Gateway::Options Options() override {
    auto options = WebFixture::Options();
    options.stores.insert(options.stores.begin(), "127.0.0.1:1");
    return options;
  }
};

TEST_F(TwoStoresTest, TheOneThatIsAwayIsPassedOver) {
  EXPECT_TRUE(Eventually([this] { return absl::StrContains(CallUnary({}), "grpc-status:0\r\n"); }));
}

}  // namespace
}  // namespace usersync::gateway
