// Tokens at the doors of a whole gateway.
#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gateway/metadata.h"
#include "gateway/testing/temp_file.h"
#include "gateway/testing/token_maker.h"
#include "gateway/testing/web_fixture.h"

namespace usersync::gateway {
namespace {

using grpc::testing::StreamingOutputCallRequest;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Pair;
using testing::StartsWith;

class AuthenticationTest : public WebFixture {
 protected:
  Gateway::Options Options() override {
    Gateway::Options options = WebFixture::Options();
    options.jwt.jwks = keys_.path();
    options.jwt.rules.issuer = "issuer";
    options.jwt.rules.audience = "usersync";
    return options;
  }

  static std::string Unsigned(const std::string& header, absl::Duration lifetime = absl::Hours(1)) {
    return TokenMaker::Unsigned(
        header,
        absl::StrCat(R"({"iss":"issuer","aud":"usersync","sub":"alice","roles":["writer"],"exp":)",
                     absl::StrFormat("%.3f", absl::ToUnixMillis(absl::Now() + lifetime) / 1000.0),
                     "}"));
  }
  static std::string Token(absl::Duration lifetime = absl::Hours(1)) {
    return TokenMaker::Es256(Unsigned(R"({"alg":"ES256","kid":"ec"})", lifetime));
  }

  std::unique_ptr<grpc::testing::TestService::Stub> Native() const {
    return grpc::testing::TestService::NewStub(grpc::CreateChannel(
        absl::StrCat("127.0.0.1:", gateway_->grpc_port()), grpc::InsecureChannelCredentials()));
  }
  grpc::StatusCode CallNative(const Metadata& metadata) const {
    grpc::ClientContext context;
    for (const auto& [name, value] : metadata) context.AddMetadata(name, value);
    grpc::testing::SimpleResponse response;
    return Native()->UnaryCall(&context, {}, &response).error_code();
  }

  // A gRPC-Web call's whole answer.
  std::string Call(const std::string& path, const std::string& message,
                   const std::string& headers) {
    return Exchange(Post(path, Framed(message), headers, "application/grpc-web"));
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

TEST_F(AuthenticationTest, BelievesNoForgeryAtAnyDoor) {
  const std::string pem = TokenMaker::PublicPem(TokenMaker::Rsa());
  for (const std::string& token :
       {TokenMaker::Hs256(Unsigned(R"({"alg":"HS256","kid":"rsa"})"), pem),
        Unsigned(R"({"alg":"none"})") + ".", Unsigned(R"({"alg":"NONE","kid":"hs"})") + ".",
        TokenMaker::Hs256(Unsigned(R"({"alg":"HS256","kid":"other"})")),
        TokenMaker::Hs256(Unsigned(R"({"alg":"HS256","kid":"hs","crit":["exp"]})")),
        Token(-absl::Minutes(5))}) {
    EXPECT_THAT(Call(kUnary, "", Bearer(token)), HasSubstr("grpc-status:16\r\n")) << token;
    EXPECT_THAT(Get("/api/users", Bearer(token)), StartsWith("HTTP/1.1 401 ")) << token;
    EXPECT_EQ(CallNative({{"authorization", "Bearer " + token}}), grpc::StatusCode::UNAUTHENTICATED)
        << token;
  }
  EXPECT_EQ(backend_.metadata().size(), 0u);
}

TEST_F(AuthenticationTest, TakesNoNameBesideTheTokensAtAnyDoor) {
  const std::string both = Bearer(Token()) + "X-User-ID: bob\r\n";
  EXPECT_THAT(Call(kUnary, "", both), HasSubstr("grpc-status:3\r\n"));
  EXPECT_THAT(Get("/api/users", both), StartsWith("HTTP/1.1 400 "));
  EXPECT_EQ(CallNative({{"authorization", "Bearer " + Token()}, {"x-user-id", "bob"}}),
            grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(backend_.metadata().size(), 0u);
  EXPECT_EQ(CallNative({{"authorization", "Bearer " + Token()},
                        {"usersync-actor", "bob"},
                        {"usersync-actor-bin", "bob"}}),
            grpc::StatusCode::OK);
  EXPECT_THAT(backend_.metadata(), Contains(Pair("usersync-actor", "alice")));
  EXPECT_EQ(backend_.metadata().count("usersync-actor"), 1u);
  EXPECT_EQ(backend_.metadata().count("usersync-actor-bin"), 0u);
}

TEST_F(AuthenticationTest, AnswersPreflightsAndHealthWithoutAToken) {
  EXPECT_THAT(
      Ask("OPTIONS", kUnary, "Origin: http://page.test\r\nAccess-Control-Request-Method: POST\r\n"),
      StartsWith("HTTP/1.1 204 "));
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
  EXPECT_EQ(CallNative({}), grpc::StatusCode::UNAUTHENTICATED);
  const auto stub = Native();
  grpc::ClientContext alice;
  alice.AddMetadata("authorization", "Bearer " + Token(absl::Seconds(2)));
  const auto stream = stub->StreamingOutputCall(&alice, ForEver());
  grpc::testing::StreamingOutputCallResponse message;
  EXPECT_TRUE(stream->Read(&message));
  EXPECT_FALSE(stream->Read(&message));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(AuthenticationTest, MustBeAskedForBeyondLoopback) {
  Gateway::Options options = WebFixture::Options();
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
