#include "gateway/served_reflection.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <gtest/gtest.h>

#include "grpc/reflection/v1alpha/reflection.pb.h"
#include "users/internal/v1/ingest_service.pb.h"
#include "users/v1/user_service.pb.h"

namespace usersync::gateway {
namespace {

using grpc::reflection::v1alpha::ServerReflectionResponse;
using testing::ElementsAre;

class ServedReflectionTest : public testing::Test {
 protected:
  // What a client gets of an answer of the store.
  ServerReflectionResponse Told(const ServerReflectionResponse& answer) {
    const std::string bytes = answer.SerializeAsString();
    const grpc::Slice slice(bytes);
    return Told(grpc::ByteBuffer(&slice, 1));
  }
  ServerReflectionResponse Told(grpc::ByteBuffer buffer) {
    HideUnserved(rules_, &buffer);
    ServerReflectionResponse told;
    EXPECT_TRUE((grpc::GenericDeserialize<grpc::ProtoBufferReader, ServerReflectionResponse>(
                     &buffer, &told))
                    .ok());
    return told;
  }

  template <typename Message>
  static void AddFileOf(ServerReflectionResponse* answer) {
    google::protobuf::FileDescriptorProto file;
    Message::descriptor()->file()->CopyTo(&file);
    answer->mutable_file_descriptor_response()->add_file_descriptor_proto(file.SerializeAsString());
  }

  const Identity identity_{"", nullptr};
  const CallRules rules_{identity_, 1, {}};
};

TEST_F(ServedReflectionTest, ListsWhatIsServed) {
  ServerReflectionResponse answer;
  for (const char* name : {"users.internal.v1.IngestService", "users.v1.UserService",
                           "grpc.health.v1.Health", "grpc.channelz.v1.Channelz",
                           "grpc.reflection.v1alpha.ServerReflection", "users.v1x.Service"}) {
    answer.mutable_list_services_response()->add_service()->set_name(name);
  }
  std::vector<std::string> names;
  const ServerReflectionResponse told = Told(answer);
  for (const auto& service : told.list_services_response().service()) {
    names.push_back(service.name());
  }
  EXPECT_THAT(names, ElementsAre("users.v1.UserService", "grpc.health.v1.Health",
                                 "grpc.reflection.v1alpha.ServerReflection"));
}

TEST_F(ServedReflectionTest, DescribesWhatIsServedAndWhatThatNeeds) {
  ServerReflectionResponse answer;
  AddFileOf<users::v1::GetUserRequest>(&answer);
  AddFileOf<users::v1::User>(&answer);
  AddFileOf<google::protobuf::Timestamp>(&answer);
  EXPECT_EQ(Told(answer).SerializeAsString(), answer.SerializeAsString());
  // Asked for earlier, in the same stream.
  ServerReflectionResponse more = answer;
  AddFileOf<users::internal::v1::IngestRequest>(&more);
  EXPECT_EQ(Told(more).SerializeAsString(), answer.SerializeAsString());
}

TEST_F(ServedReflectionTest, FindsNothingThatIsNotServed) {
  ServerReflectionResponse answer;
  AddFileOf<users::internal::v1::IngestRequest>(&answer);
  AddFileOf<users::v1::User>(&answer);
  for (const char* symbol :
       {"users.internal.v1.IngestService", "users.internal.v1.IngestRequest"}) {
    answer.mutable_original_request()->set_file_containing_symbol(symbol);
    EXPECT_EQ(Told(answer).error_response().error_code(), grpc::StatusCode::NOT_FOUND) << symbol;
  }
  answer.mutable_original_request()->set_file_by_filename("users/internal/v1/ingest_service.proto");
  EXPECT_EQ(Told(answer).error_response().error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_FALSE(Told(answer).has_file_descriptor_response());
}

TEST_F(ServedReflectionTest, LeavesOtherAnswersAsTheyAre) {
  ServerReflectionResponse error;
  error.mutable_error_response()->set_error_code(grpc::StatusCode::NOT_FOUND);
  error.mutable_error_response()->set_error_message("no such symbol");
  EXPECT_EQ(Told(error).SerializeAsString(), error.SerializeAsString());
}

TEST_F(ServedReflectionTest, PassesNothingOnThatItCannotRead) {
  const grpc::Slice torn("\xff");
  EXPECT_TRUE(Told(grpc::ByteBuffer(&torn, 1)).has_error_response());
  ServerReflectionResponse answer;
  answer.mutable_file_descriptor_response()->add_file_descriptor_proto("\xff");
  EXPECT_TRUE(Told(answer).has_error_response());
}

}  // namespace
}  // namespace usersync::gateway
