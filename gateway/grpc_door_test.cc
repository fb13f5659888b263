#include "gateway/grpc_door.h"

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "gateway/testing/gateway_fixture.h"

namespace usersync::gateway {
namespace {

using grpc::testing::StreamingOutputCallRequest;
using grpc::testing::StreamingOutputCallResponse;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

class GrpcDoorTest : public GatewayFixture {
 protected:
  void SetUp() override {
    GatewayFixture::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    grpc::ChannelArguments arguments;
    // A test's call must not find the connection of another test.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    channel_ = grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", gateway_->grpc_port()),
                                         grpc::InsecureChannelCredentials(), arguments);
    stub_ = grpc::testing::TestService::NewStub(channel_);
  }

  grpc::Status CallUnary(const grpc::testing::SimpleRequest& request = {}) {
    return stub_->UnaryCall(&context_, request, &response_);
  }

  static StreamingOutputCallRequest ForEver() {
    StreamingOutputCallRequest request;
    request.add_response_parameters()->set_size(1);
    request.mutable_response_status()->set_code(Backend::kForEver);
    return request;
  }

  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<grpc::testing::TestService::Stub> stub_;
  grpc::ClientContext context_;
  grpc::testing::SimpleResponse response_;
};

TEST_F(GrpcDoorTest, CarriesACallWithItsMetadataAndTheCallersName) {
  context_.AddMetadata("x-user-id", "alice");
  context_.AddMetadata("x-echo-initial", "one");
  context_.AddMetadata("x-echo-trailing", "two");
  context_.AddMetadata("x-echo-trailing-bin", std::string("\0\xff", 2));
  grpc::testing::SimpleRequest request;
  request.set_response_size(3);
  EXPECT_TRUE(CallUnary(request).ok());
  EXPECT_EQ(response_.payload().body(), "xxx");
  EXPECT_THAT(context_.GetServerInitialMetadata(), Contains(Pair("x-echo-initial", "one")));
  EXPECT_THAT(context_.GetServerTrailingMetadata(), Contains(Pair("x-echo-trailing", "two")));
  EXPECT_THAT(context_.GetServerTrailingMetadata(),
              Contains(Pair("x-echo-trailing-bin", grpc::string_ref("\0\xff", 2))));
  EXPECT_THAT(backend_.metadata(), Contains(Pair("usersync-token", "the-token")));
  EXPECT_THAT(backend_.metadata(), Contains(Pair("usersync-actor", "alice")));
  EXPECT_EQ(backend_.metadata().count("x-user-id"), 0u);
}

TEST_F(GrpcDoorTest, LetsNoClientSayWhatOnlyTheGatewaySays) {
  for (const char* name : {"usersync-actor", "usersync-actor", "usersync-token",
                           "usersync-roles-bin", "usersync-anything"}) {
    context_.AddMetadata(name, "admin");
  }
  EXPECT_TRUE(CallUnary().ok());
  for (const auto& [name, value] : backend_.metadata()) EXPECT_NE(value, "admin") << name;
  EXPECT_THAT(backend_.metadata(), Contains(Pair("usersync-actor", "frontend-client")));
}

TEST_F(GrpcDoorTest, RefusesANameOfTheSystem) {
  context_.AddMetadata("x-user-id", "bridge");
  EXPECT_EQ(CallUnary().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(GrpcDoorTest, PassesOnTheStoresStatusWithItsDetails) {
  grpc::testing::SimpleRequest request;
  request.mutable_response_status()->set_code(9);
  request.mutable_response_status()->set_message("not so: 100 %");
  const grpc::Status status = CallUnary(request);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(status.error_message(), "not so: 100 %");
  EXPECT_THAT(status.error_details(), HasSubstr(Backend::kReason));
}

TEST_F(GrpcDoorTest, ForwardsOnlyWhatIsServed) {
  grpc::GenericStub stub(channel_);
  for (const char* method :
       {"/users.internal.v1.IngestService/GetPosition", "/grpc.channelz.v1.Channelz/GetServers"}) {
    grpc::ClientContext context;
    const grpc::Slice empty("");
    grpc::ByteBuffer request(&empty, 1), response;
    grpc::CompletionQueue queue;
    const auto call = stub.PrepareUnaryCall(&context, method, request, &queue);
    grpc::Status status;
    call->StartCall();
    call->Finish(&response, &status, &stub);
    void* tag = nullptr;
    bool ok = false;
    ASSERT_TRUE(queue.Next(&tag, &ok));
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED) << method;
    EXPECT_EQ(status.error_message(), "the gateway serves no such method");
  }
}

TEST_F(GrpcDoorTest, AnswersEachMessageOfAConversationBeforeTheNext) {
  const auto stream = stub_->FullDuplexCall(&context_);
  StreamingOutputCallRequest request;
  request.add_response_parameters();
  for (int size = 0; size < 20; ++size) {
    request.mutable_response_parameters(0)->set_size(size);
    ASSERT_TRUE(stream->Write(request));
    StreamingOutputCallResponse response;
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_EQ(response.payload().body().size(), static_cast<size_t>(size));
  }
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(GrpcDoorTest, EndsACallWhoseClientHasNotSaidAllWhenTheStoreEndsIt) {
  const auto stream = stub_->FullDuplexCall(&context_);
  StreamingOutputCallRequest request;
  request.mutable_response_status()->set_code(10);
  ASSERT_TRUE(stream->Write(request));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::ABORTED);
}

TEST_F(GrpcDoorTest, CarriesAStreamOfRequestsCompressedOrNot) {
  context_.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  grpc::testing::StreamingInputCallResponse response;
  const auto writer = stub_->StreamingInputCall(&context_, &response);
  grpc::testing::StreamingInputCallRequest request;
  request.mutable_payload()->set_body(std::string(100000, 'x'));
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(writer->Write(request));
  writer->WritesDone();
  EXPECT_TRUE(writer->Finish().ok());
  EXPECT_EQ(response.aggregated_payload_size(), 2000000);
}

TEST_F(GrpcDoorTest, PassesTheDeadlineOnAndKeepsIt) {
  context_.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(1500));
  const auto reader = stub_->StreamingOutputCall(&context_, ForEver());
  StreamingOutputCallResponse response;
  ASSERT_TRUE(reader->Read(&response));
  // gRPC itself rounds up, at both of its ends.
  EXPECT_LT(backend_.time_left(), absl::Seconds(2));
  EXPECT_FALSE(reader->Read(&response));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_TRUE(Eventually([&] { return backend_.cancelled() == 1; }));
}

TEST_F(GrpcDoorTest, CancelsTheStoresCallWhenTheClientDoes) {
  const auto reader = stub_->StreamingOutputCall(&context_, ForEver());
  StreamingOutputCallResponse response;
  ASSERT_TRUE(reader->Read(&response));
  context_.TryCancel();
  EXPECT_TRUE(Eventually([&] { return backend_.cancelled() == 1; }));
}

TEST_F(GrpcDoorTest, ReadsNoFurtherThanItsReader) {
  StreamingOutputCallRequest request;
  constexpr int kMessages = 2000;
  for (int i = 0; i < kMessages; ++i) request.add_response_parameters()->set_size(100000);
  const auto reader = stub_->StreamingOutputCall(&context_, request);
  StreamingOutputCallResponse response;
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_LT(WrittenWhenItStands(), kMessages / 5);
  int count = 1;
  while (reader->Read(&response)) ++count;
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(count, kMessages);
}

TEST_F(GrpcDoorTest, RefusesATooLargeMessage) {
  grpc::testing::SimpleRequest request;
  request.mutable_payload()->set_body(std::string(5 << 20, 'x'));
  EXPECT_EQ(CallUnary(request).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

// gRPC's own limit looks at what is unpacked already.
TEST_F(GrpcDoorTest, DoesNotUnpackABomb) {
  context_.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  grpc::testing::SimpleRequest request;
  request.mutable_payload()->set_body(std::string(64 << 20, 'x'));
  const grpc::Status status = CallUnary(request);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(status.error_message(), HasSubstr("when it is decompressed"));
  EXPECT_EQ(backend_.metadata().size(), 0u);
}

TEST_F(GrpcDoorTest, TellsNoAddressWhenTheStoreIsAway) {
  backend_.Stop();
  const grpc::Status status = CallUnary();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), Not(HasSubstr("127.0.0.1")));
}

TEST_F(GrpcDoorTest, EndsStreamsWithAStatusWhenItStops) {
  const auto reader = stub_->StreamingOutputCall(&context_, ForEver());
  StreamingOutputCallResponse response;
  ASSERT_TRUE(reader->Read(&response));
  gateway_.reset();
  EXPECT_FALSE(reader->Read(&response));
  const grpc::Status status = reader->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), HasSubstr("the gateway stops"));
}

TEST_F(GrpcDoorTest, SharesItsPortWithNobody) {
  auto options = Options();
  options.grpc_port = gateway_->grpc_port();
  const auto second = Gateway::Start(options);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(second.status().message(), HasSubstr(absl::StrCat(":", gateway_->grpc_port())));
}

}  // namespace
}  // namespace usersync::gateway
