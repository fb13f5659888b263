// Tokens at the doors of a whole gateway.
#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gateway/grpc_web_frame.h"
#include "gateway/testing/gateway_fixture.h"
#include "gateway/testing/raw_client.h"
#include "gateway/testing/temp_file.h"
#include "gateway/testing/token_maker.h"

namespace usersync::gateway {
namespace {

using grpc::testing::StreamingOutputCallRequest;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Pair;
using testing::StartsWith;

constexpr char kUnary[] = "/grpc.testing.TestService/UnaryCall";
constexpr char kStream[] = "/grpc.testing.TestService/StreamingOutputCall";

class AuthenticationTest : public GatewayFixture {
 protected:
  Gateway::Options Options() override {
    Gateway::Options options = GatewayFixture::Options();
    options.jwt.jwks = keys_.path();
    options.jwt.rules.issuer = "issuer";
    options.jwt.rules.audience = "usersync";
    return options;
  }

  static std::string Token(absl::Duration lifetime = absl::Hours(1)) {
    return TokenMaker::Es256(TokenMaker::Unsigned(
        R"({"alg":"ES256","kid":"ec"})",
        absl::StrCat(R"({"iss":"issuer","aud":"usersync","sub":"alice","roles":["writer"],"exp":)",
                     absl::StrFormat("%.3f", absl::ToUnixMillis(absl::Now() + lifetime) / 1000.0),
                     "}")));
  }

  // A gRPC-Web call's whole answer.
  std::string Call(const std::string& path, const std::string& message,
                   const std::string& headers) {
    const std::string body = FrameHead(0, message.size()) + message;
    RawClient client(gateway_->http_port());
    client.Send(absl::StrCat("POST ", path, " HTTP/1.1\r\nHost: localhost\r\n",
                             "Connection: close\r\nContent-Type: application/grpc-web\r\n",
                             "Content-Length: ", body.size(), "\r\n", headers, "\r\n", body));
    return client.ReadAll();
  }

  static std::string Bearer(const std::string& token) {
    return absl::StrCat("Authorization: Bearer ", token, "\r\n");
  }

  static StreamingOutputCallRequest ForEver() {
    StreamingOutputCallRequest request;
    request.add_response_parameters()->set_size(1);
    request.mutable_response_status()->set_code(Backend::kForEver);
    return request;
  }

  TempFile keys_{TokenMaker::Jwks()};
};

TEST_F(AuthenticationTest, TellsTheStoreWhoTheTokenNames) {
  EXPECT_THAT(Call(kUnary, "", Bearer(Token()) + "Usersync-Roles: admin\r\n"),
              HasSubstr("grpc-status:0\r\n"));
  const auto metadata = backend_.metadata();
  EXPECT_THAT(metadata, AllOf(Contains(Pair("usersync-actor", "alice")),
                              Contains(Pair("usersync-roles", "writer")),
                              Contains(Pair("usersync-auth", "jwt"))));
  EXPECT_EQ(metadata.count("authorization"), 0u);
  EXPECT_EQ(metadata.count("usersync-roles"), 1u);
}

TEST_F(AuthenticationTest, RefusesOthersInTheBodyWithHttp200) {
  for (const std::string& headers : {std::string(), Bearer("x"), Bearer(Token(-absl::Minutes(1))),
                                     Bearer(Token()) + Bearer(Token())}) {
    EXPECT_THAT(Call(kUnary, "", headers),
                AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("grpc-status:16\r\n")))
        << headers;
  }
  EXPECT_THAT(Call(absl::StrCat(kUnary, "?access_token=", Token()), "", ""),
              HasSubstr("grpc-status:16\r\n"));
  EXPECT_THAT(Call(kUnary, "", "X-User-ID: alice\r\n"), HasSubstr("grpc-status:3\r\n"));
}

TEST_F(AuthenticationTest, AnswersPreflightsAndHealthWithoutAToken) {
  RawClient client(gateway_->http_port());
  client.Send(absl::StrCat("OPTIONS ", kUnary, " HTTP/1.1\r\nHost: localhost\r\n",
                           "Connection: close\r\nOrigin: http://page.test\r\n",
                           "Access-Control-Request-Method: POST\r\n\r\n"));
  EXPECT_THAT(client.ReadAll(), StartsWith("HTTP/1.1 204 "));
  EXPECT_THAT(Call("/grpc.health.v1.Health/Check", "", ""), HasSubstr("grpc-status:0\r\n"));
  EXPECT_THAT(Call("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", "", ""),
              HasSubstr("grpc-status:16\r\n"));
}

TEST_F(AuthenticationTest, EndsAStreamWhenItsTokenExpires) {
  EXPECT_THAT(Call(kStream, ForEver().SerializeAsString(), Bearer(Token(absl::Seconds(2)))),
              HasSubstr("grpc-status:16\r\n"));
  EXPECT_EQ(backend_.written(), 1);
  EXPECT_TRUE(Eventually([&] { return backend_.cancelled() == 1; }));
}

TEST_F(AuthenticationTest, EndsAStreamOfNativeGrpcToo) {
  const auto stub = grpc::testing::TestService::NewStub(grpc::CreateChannel(
      absl::StrCat("127.0.0.1:", gateway_->grpc_port()), grpc::InsecureChannelCredentials()));
  grpc::ClientContext nobody;
  grpc::testing::SimpleResponse response;
  EXPECT_EQ(stub->UnaryCall(&nobody, {}, &response).error_code(),
            grpc::StatusCode::UNAUTHENTICATED);
  grpc::ClientContext alice;
  alice.AddMetadata("authorization", "Bearer " + Token(absl::Seconds(2)));
  const auto stream = stub->StreamingOutputCall(&alice, ForEver());
  grpc::testing::StreamingOutputCallResponse message;
  EXPECT_TRUE(stream->Read(&message));
  EXPECT_FALSE(stream->Read(&message));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(AuthenticationTest, MustBeAskedForBeyondLoopback) {
  Gateway::Options options = GatewayFixture::Options();
  options.host = "0.0.0.0";
  EXPECT_THAT(std::string(Gateway::Start(options).status().message()),
              HasSubstr("--beyond-loopback"));
  options.beyond_loopback = true;
  EXPECT_TRUE(Gateway::Start(options).ok());
  options = Options();
  options.host = "0.0.0.0";
  EXPECT_TRUE(Gateway::Start(options).ok());
}

TEST_F(AuthenticationTest, IsNeverHalfConfigured) {
  const auto flaw = [this](void (*change)(JwtOptions&)) {
    Gateway::Options options = Options();
    change(options.jwt);
    const auto gateway = Gateway::Start(options);
    return std::string(gateway.status().message());
  };
  EXPECT_THAT(flaw([](JwtOptions& jwt) { jwt.rules.issuer = ""; }), HasSubstr("--jwt-issuer"));
  EXPECT_THAT(flaw([](JwtOptions& jwt) { jwt.rules.audience = ""; }), HasSubstr("--jwt-audience"));
  EXPECT_THAT(flaw([](JwtOptions& jwt) { jwt.jwks = ""; }), HasSubstr("--jwt-jwks"));
  EXPECT_THAT(flaw([](JwtOptions& jwt) { jwt.jwks = "/nowhere"; }), HasSubstr("/nowhere"));
  EXPECT_THAT(flaw([](JwtOptions& jwt) { jwt.roles = "staff=owner"; }), HasSubstr("--jwt-roles"));
  EXPECT_THAT(flaw([](JwtOptions& jwt) { jwt.key = "also"; }), HasSubstr("not both"));
}

}  // namespace
}  // namespace usersync::gateway
