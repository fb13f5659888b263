// What the gateway adds to every call: its name, and a limit for its actor.
#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "gateway/grpc_web_frame.h"
#include "gateway/testing/gateway_fixture.h"
#include "gateway/testing/raw_client.h"

namespace usersync::gateway {
namespace {

using grpc::testing::StreamingOutputCallRequest;
using testing::Contains;
using testing::HasSubstr;
using testing::Pair;

class CallsTest : public GatewayFixture {
 protected:
  Gateway::Options Options() override {
    Gateway::Options options = GatewayFixture::Options();
    options.calls_per_actor = 2;
    return options;
  }

  static std::string Post(const std::string& method, const std::string& message,
                          const std::string& headers) {
    const std::string body = FrameHead(0, message.size()) + message;
    return absl::StrCat("POST /grpc.testing.TestService/", method,
                        " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n",
                        "Content-Type: application/grpc-web\r\nContent-Length: ", body.size(),
                        "\r\n", headers, "\r\n", body);
  }

  std::string CallUnary(const std::string& headers) {
    RawClient client(gateway_->http_port());
    client.Send(Post("UnaryCall", "", headers));
    return client.ReadAll();
  }

  static std::string ForEver() {
    StreamingOutputCallRequest request;
    request.add_response_parameters()->set_size(1);
    request.mutable_response_status()->set_code(Backend::kForEver);
    return request.SerializeAsString();
  }

  std::unique_ptr<grpc::testing::TestService::Stub> NativeStub() const {
    return grpc::testing::TestService::NewStub(grpc::CreateChannel(
        absl::StrCat("127.0.0.1:", gateway_->grpc_port()), grpc::InsecureChannelCredentials()));
  }
};

TEST_F(CallsTest, BearTheNameThatTheirClientGave) {
  EXPECT_THAT(CallUnary("X-Request-Id: mine-1\r\nOrigin: http://page.test\r\n"),
              testing::AllOf(HasSubstr("\r\nx-request-id: mine-1\r\n"),
                             HasSubstr("x-accel-buffering, x-request-id\r\n")));
  EXPECT_THAT(backend_.metadata(), Contains(Pair("x-request-id", "mine-1")));
  const auto stub = NativeStub();
  grpc::ClientContext context;
  context.AddMetadata("x-request-id", "mine-2");
  context.AddMetadata("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  grpc::testing::SimpleResponse response;
  EXPECT_TRUE(stub->UnaryCall(&context, {}, &response).ok());
  EXPECT_THAT(context.GetServerInitialMetadata(), Contains(Pair("x-request-id", "mine-2")));
  EXPECT_THAT(backend_.metadata(), Contains(Pair("x-request-id", "mine-2")));
  EXPECT_THAT(
      backend_.metadata(),
      Contains(Pair("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")));
}

TEST_F(CallsTest, GetANameIfTheyHaveNone) {
  const std::string answer = CallUnary("X-Request-Id: no name\r\n");
  const auto told = backend_.metadata();
  ASSERT_EQ(told.count("x-request-id"), 1u);
  const std::string name = told.find("x-request-id")->second;
  EXPECT_EQ(name.size(), 32u);
  EXPECT_THAT(answer, HasSubstr(absl::StrCat("\r\nx-request-id: ", name, "\r\n")));
}

TEST_F(CallsTest, AreRefusedBeyondWhatOneActorMayHaveOpen) {
  RawClient first(gateway_->http_port());
  first.Send(Post("StreamingOutputCall", ForEver(), "X-User-ID: alice\r\n"));
  first.ReadUntil("x");
  const auto stub = NativeStub();
  grpc::ClientContext context;
  context.AddMetadata("x-user-id", "alice");
  StreamingOutputCallRequest request;
  request.ParseFromString(ForEver());
  const auto second = stub->StreamingOutputCall(&context, request);
  grpc::testing::StreamingOutputCallResponse message;
  ASSERT_TRUE(second->Read(&message));
  EXPECT_THAT(CallUnary("X-User-ID: alice\r\n"),
              testing::AllOf(HasSubstr("grpc-status:8\r\n"), HasSubstr("at most 2 calls")));
  grpc::ClientContext third;
  third.AddMetadata("x-user-id", "alice");
  grpc::testing::SimpleResponse response;
  const grpc::Status refusal = stub->UnaryCall(&third, {}, &response);
  EXPECT_EQ(refusal.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(refusal.error_details(),
              testing::AllOf(HasSubstr("RATE_LIMITED"), HasSubstr("google.rpc.RetryInfo")));
  EXPECT_THAT(CallUnary("X-User-ID: bob\r\n"), HasSubstr("grpc-status:0\r\n"));
  first.Close();
  EXPECT_TRUE(Eventually([&] {
    return CallUnary("X-User-ID: alice\r\n").find("grpc-status:0\r\n") != std::string::npos;
  }));
  context.TryCancel();
  (void)second->Finish();
}

}  // namespace
}  // namespace usersync::gateway
