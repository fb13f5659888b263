// The rules of gRPC-Web that only a whole call can show; gateway/README.md says which test shows
// which rule.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "absl/strings/escaping.h"
#include "gateway/testing/http2_client.h"
#include "gateway/testing/web_fixture.h"

namespace usersync::gateway {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::StartsWith;

constexpr uint8_t kCompressed = GrpcWebFrame::kCompressed;

grpc::testing::StreamingOutputCallRequest ForEver() {
  grpc::testing::StreamingOutputCallRequest request;
  request.mutable_response_status()->set_code(Backend::kForEver);
  return request;
}

std::string Gzip(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(text.size() + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

class GrpcWebRulesTest : public WebFixture {};

TEST_F(GrpcWebRulesTest, AMethodThatTheServiceLacksIsTheStoresToRefuse) {
  EXPECT_THAT(Exchange(Post("/grpc.testing.TestService/Nothing", Framed(""))),
              AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("grpc-status:12\r\n")));
}

TEST_F(GrpcWebRulesTest, ADialogueIsRefusedThoughItsRequestNeverEnds) {
  Http2Client client(gateway_->http_port());
  client.Send({Http2Frame::kHeaders, Http2Frame::kEndHeaders, 1,
               Http2Request("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")});
  client.Send({Http2Frame::kData, 0, 1, Framed("")});
  EXPECT_THAT(client.ReadBody(1), HasSubstr("grpc-status:12\r\n"));
}

TEST_F(GrpcWebRulesTest, TextMayBePaddedWithinAndCutAnywhere) {
  grpc::testing::SimpleRequest request;
  request.set_response_size(5);
  const std::string frame = Framed(request.SerializeAsString());
  const std::string text =
      absl::Base64Escape(frame.substr(0, 1)) + absl::Base64Escape(frame.substr(1));
  RawClient client(gateway_->http_port());
  const std::string whole =
      Post(kUnary, text, "Accept: application/grpc-web\r\n", "application/grpc-web-text");
  for (const char c : whole) client.Send({&c, 1});
  EXPECT_THAT(client.ReadUntil(kEnd), AllOf(HasSubstr("xxxxx"), HasSubstr("grpc-status:0\r\n")));
  EXPECT_THAT(Exchange(Post(kUnary, "no base64!", "", "application/grpc-web-text")),
              StartsWith("HTTP/1.1 200 "));
}

TEST_F(GrpcWebRulesTest, TheDeadlineIsPassedOnAndNotLater) {
  CallUnary({}, "grpc-timeout: 20S\r\n");
  EXPECT_LE(backend_.time_left(), absl::Seconds(20));
  CallUnary({});
  EXPECT_GT(backend_.time_left(), absl::Hours(24));
}

TEST_F(GrpcWebRulesTest, TheNameOfTheClientIsMetadata) {
  CallUnary({}, "X-User-Agent: grpc-web-javascript/0.1\r\n");
  EXPECT_THAT(backend_.metadata(), Contains(Pair("x-user-agent", "grpc-web-javascript/0.1")));
}

TEST_F(GrpcWebRulesTest, CompressedMessagesAreReadIfTheirEncodingIsKnownAndSaid) {
  grpc::testing::SimpleRequest request;
  request.set_response_size(3);
  const std::string message = Gzip(request.SerializeAsString());
  const std::string body = FrameHead(kCompressed, message.size()) + message;
  EXPECT_THAT(Exchange(Post(kUnary, body, "grpc-encoding: gzip\r\n")), HasSubstr("xxx"));
  EXPECT_THAT(Exchange(Post(kUnary, body)), HasSubstr("grpc-status:13\r\n"));
  EXPECT_THAT(Exchange(Post(kUnary, Framed(""), "grpc-encoding: zstd\r\n")),
              HasSubstr("grpc-status:12\r\n"));
}

TEST_F(GrpcWebRulesTest, ABombIsNotUnpacked) {
  const std::string message = Gzip(std::string(64 << 20, '\0'));
  EXPECT_THAT(Exchange(Post(kUnary, FrameHead(kCompressed, message.size()) + message,
                            "grpc-encoding: gzip\r\n")),
              HasSubstr("grpc-status:8\r\n"));
}

TEST_F(GrpcWebRulesTest, TrailersOfARequestAreRefused) {
  EXPECT_THAT(Exchange(Post(kUnary, Framed("") + FrameHead(GrpcWebFrame::kTrailers, 0))),
              HasSubstr("grpc-status:3\r\n"));
}

TEST_F(GrpcWebRulesTest, TheHeadComesBeforeTheFirstMessage) {
  RawClient client(gateway_->http_port());
  client.Send(Post(kStream, Framed(ForEver().SerializeAsString()), "X-Echo-Initial: one\r\n"));
  EXPECT_THAT(client.ReadUntil("\r\n\r\n"), HasSubstr("\r\nx-echo-initial: one\r\n"));
}

TEST_F(GrpcWebRulesTest, TheStatusIsInTheBodyAloneAndItsDetailsThereOnce) {
  grpc::testing::SimpleRequest request;
  request.mutable_response_status()->set_code(9);
  request.mutable_response_status()->set_message("50 % \xc3\xa9");
  const std::string answer = CallUnary(request);
  EXPECT_THAT(answer, Not(HasSubstr("grpc-status: ")));
  EXPECT_THAT(answer, HasSubstr("grpc-message:50 %25 %C3%A9\r\n"));
  const size_t details = answer.find("\r\ngrpc-status-details-bin:");
  ASSERT_NE(details, std::string::npos);
  EXPECT_EQ(answer.find("details-bin", details + 20), std::string::npos);
}

TEST_F(GrpcWebRulesTest, AStreamHasNeitherLengthNorTrailersOfHttp) {
  const std::string answer = CallUnary({});
  EXPECT_THAT(answer, Not(HasSubstr("content-length")));
  EXPECT_THAT(answer, Not(HasSubstr("trailer:")));
  EXPECT_THAT(answer, testing::EndsWith(kEnd));
}

TEST_F(GrpcWebRulesTest, EveryValueOfANameIsKept) {
  EXPECT_THAT(CallUnary({}, "X-Echo-Trailing: one\r\nX-Echo-Trailing: two\r\n"),
              AllOf(HasSubstr("x-echo-trailing:one\r\n"), HasSubstr("x-echo-trailing:two\r\n")));
}

TEST_F(GrpcWebRulesTest, APreflightIsAnsweredBeforeAnythingElseIsLookedAt) {
  const std::string answer = Ask(
      "OPTIONS", "/users.internal.v1.IngestService/Ingest",
      "Origin: http://page.test\r\nAccess-Control-Request-Method: POST\r\nX-User-ID: bridge\r\n");
  EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 204 "), HasSubstr("max-age: 7200\r\n"),
                            HasSubstr("access-control-allow-origin: http://page.test\r\n")));
}

TEST_F(GrpcWebRulesTest, RefusalsAreReadableForListedPagesToo) {
  const std::string origin = "Origin: http://page.test\r\n";
  const std::string allowed = "access-control-allow-origin: http://page.test\r\n";
  EXPECT_THAT(Exchange(Post(kUnary, "", origin, "application/grpc-web+json")),
              AllOf(StartsWith("HTTP/1.1 415 "), HasSubstr(allowed)));
  EXPECT_THAT(Get("/nothing", origin), AllOf(StartsWith("HTTP/1.1 404 "), HasSubstr(allowed)));
  EXPECT_THAT(Exchange(absl::StrCat("GET / HTTP/1.1\r\nHost: evil.test\r\n", origin, "\r\n")),
              AllOf(StartsWith("HTTP/1.1 421 "), HasSubstr(allowed)));
}

TEST_F(GrpcWebRulesTest, EveryAnswerDependsOnTheOriginAndHasAName) {
  const auto carries_both =
      AllOf(HasSubstr("\r\nvary: Origin\r\n"), HasSubstr("\r\nx-request-id: mine\r\n"));
  for (const char* host : {"localhost", "evil.test"}) {
    for (const char* origin :
         {"", "Origin: http://page.test\r\n", "Origin: http://evil.test\r\n"}) {
      for (const char* path : {"/config.json", "/healthz", "/api/openapi.json", "/api/users"}) {
        EXPECT_THAT(Exchange(absl::StrCat("GET ", path, " HTTP/1.1\r\nHost: ", host,
                                          "\r\nX-Request-Id: mine\r\n", origin, "\r\n")),
                    carries_both)
            << path << host << origin;
      }
    }
  }
}

TEST_F(GrpcWebRulesTest, AStreamThatIsResetOrWhoseConnectionIsLostEndsAtTheStore) {
  Http2Frame frame;
  {
    Http2Client client(gateway_->http_port());
    for (const uint32_t stream : {1, 3}) {
      client.Call(stream, kStream, Framed(ForEver().SerializeAsString()));
      ASSERT_TRUE(client.ReadUntil(Http2Frame::kHeaders, stream, &frame));
    }
    client.Send({Http2Frame::kReset, 0, 1, BigEndian(8, 4)});
    EXPECT_TRUE(Eventually([&] { return backend_.cancelled() == 1; }));
  }
  EXPECT_TRUE(Eventually([&] { return backend_.cancelled() == 2; }));
}

}  // namespace
}  // namespace usersync::gateway
