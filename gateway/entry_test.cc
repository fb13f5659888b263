// Whom each door lets in by the names of hosts and pages.
#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "gateway/entry_rules.h"
#include "gateway/testing/http2_client.h"
#include "gateway/testing/tls_client.h"
#include "gateway/testing/web_fixture.h"

namespace usersync::gateway {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class EntryTest : public WebFixture {
 protected:
  Gateway::Options Options() override {
    Gateway::Options options = WebFixture::Options();
    options.https_port = 0;
    options.tls = {.certificate = secrets_.path() + "/crt", .key = secrets_.path() + "/key"};
    WriteCertificate(options.tls.certificate, options.tls.key, "gateway");
    options.allowed_hosts = {"users.example"};
    return options;
  }

  template <typename Client>
  static std::string Answer(Client client, const std::string& host, const std::string& origin) {
    client.Send(absl::StrCat("POST ", kUnary, " HTTP/1.1\r\nHost: ", host,
                             "\r\nConnection: close\r\nContent-Type: application/grpc-web\r\n",
                             "Origin: ", origin, "\r\nContent-Length: 5\r\n\r\n", Framed("")));
    return client.ReadAll();
  }
  std::string OverHttp1(const std::string& host, const std::string& origin = kPage) {
    return Answer(RawClient(gateway_->http_port()), host, origin);
  }
  std::string OverTls(const std::string& host, const std::string& origin = kPage) {
    return Answer(TlsClient(gateway_->https_port()), host, origin);
  }

  // The status, as HPACK has it, and the body.
  std::string OverHttp2(const std::string& host, const std::string& origin = kPage) {
    Http2Client client(gateway_->http_port());
    const std::string fields = absl::StrCat(
        Http2Field(":method", "POST"), Http2Field(":scheme", "http"), Http2Field(":path", kUnary),
        Http2Field(":authority", host), Http2Field("content-type", "application/grpc-web"),
        Http2Field("origin", origin), Http2Field("host", "localhost"));
    client.Send({Http2Frame::kHeaders, Http2Frame::kEndHeaders, 1, fields});
    client.Send({Http2Frame::kData, Http2Frame::kEndStream, 1, Framed("")});
    return client.ReadBody(1);
  }

  grpc::Status OverGrpc(const std::string& host, const std::string& origin = kPage) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    const auto stub = grpc::testing::TestService::NewStub(
        grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", gateway_->grpc_port()),
                                  grpc::InsecureChannelCredentials(), arguments));
    grpc::ClientContext context;
    context.set_authority(host);
    if (!origin.empty()) context.AddMetadata("origin", origin);
    grpc::testing::SimpleResponse response;
    return stub->UnaryCall(&context, {}, &response);
  }

  static constexpr char kPage[] = "http://page.test";
};

TEST_F(EntryTest, IsOpenUnderListedNamesAtEveryDoor) {
  for (const char* host :
       {"localhost", "127.0.0.1:8080", "[::1]:8080", "users.example", "USERS.example:443"}) {
    EXPECT_THAT(OverHttp1(host), HasSubstr("grpc-status:0\r\n")) << host;
    EXPECT_THAT(OverTls(host), HasSubstr("grpc-status:0\r\n")) << host;
    EXPECT_THAT(OverHttp2(host), HasSubstr("grpc-status:0\r\n")) << host;
    EXPECT_TRUE(OverGrpc(host).ok()) << host;
  }
}

TEST_F(EntryTest, IsShutUnderOtherNames) {
  for (const char* host : {"evil.example", "users.example.evil.example", "169.254.1.1:8080"}) {
    EXPECT_THAT(OverHttp1(host), AllOf(StartsWith("HTTP/1.1 421 "), HasSubstr(kWrongHost)));
    EXPECT_THAT(OverTls(host), AllOf(StartsWith("HTTP/1.1 421 "), HasSubstr(kWrongHost)));
    EXPECT_THAT(OverHttp2(host), HasSubstr(kWrongHost));
    EXPECT_EQ(OverGrpc(host).error_code(), grpc::StatusCode::PERMISSION_DENIED);
    EXPECT_EQ(OverGrpc(host).error_message(), kWrongHost);
  }
  EXPECT_THAT(Exchange("GET /healthz HTTP/1.0\r\n\r\n"), HasSubstr(" 421 "));
  for (const char* path : {"/", "/config.json", "/healthz", "/api/users", "/log/checkpoint"}) {
    EXPECT_THAT(Exchange(absl::StrCat("GET ", path, " HTTP/1.1\r\nHost: evil.example\r\n\r\n")),
                StartsWith("HTTP/1.1 421 "))
        << path;
  }
  EXPECT_EQ(backend_.metadata().size(), 0u);
}

TEST_F(EntryTest, IsShutForPagesThatAreNotListed) {
  for (const char* origin : {"http://evil.example", "null", "http://page.test:8080",
                             "https://page.test", "http://localhost:3000"}) {
    const auto refused = AllOf(StartsWith("HTTP/1.1 403 "), HasSubstr(kWrongOrigin),
                               Not(HasSubstr("access-control-allow-origin")));
    EXPECT_THAT(OverHttp1("localhost", origin), refused) << origin;
    EXPECT_THAT(OverTls("localhost", origin), refused) << origin;
    EXPECT_THAT(OverHttp2("localhost", origin), HasSubstr(kWrongOrigin)) << origin;
    EXPECT_EQ(OverGrpc("localhost", origin).error_message(), kWrongOrigin) << origin;
    EXPECT_THAT(
        Ask("OPTIONS", kUnary,
            absl::StrCat("Origin: ", origin, "\r\nAccess-Control-Request-Method: POST\r\n")),
        refused);
  }
  EXPECT_EQ(backend_.metadata().size(), 0u);
  // One that is listed vouches for no other.
  for (const char* both : {"http://page.test\r\nOrigin: http://evil.example",
                           "http://evil.example\r\nOrigin: http://page.test"}) {
    EXPECT_THAT(OverHttp1("localhost", both),
                AllOf(StartsWith("HTTP/1.1 403 "), Not(HasSubstr("access-control-allow-origin"))));
  }
  // Programs that are no browser have none.
  EXPECT_TRUE(OverGrpc("localhost", "").ok());
}

TEST_F(EntryTest, IsNotBuiltOnNamesThatNobodySends) {
  Gateway::Options options = Options();
  options.allowed_origins = {"*"};
  EXPECT_EQ(Gateway::Start(options).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace usersync::gateway
