// Health follows the database, calls fail in time while it is away, and reflection lists what is
// served.
#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include "absl/time/clock.h"
#include "common/status.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"
#include "tests/harness/eventually.h"
#include "tests/harness/must.h"
#include "tests/integration/api_error.h"
#include "tests/integration/store_api.h"

namespace usersync::tests {
namespace {

using grpc::StatusCode;
using grpc::health::v1::HealthCheckResponse;

class Health : public StoreApi {
 protected:
  // Of the whole, and of each service that clients know.
  bool Says(HealthCheckResponse::ServingStatus status) {
    for (const char* service :
         {"", "users.v1.AdminService", "users.v1.ChangeFeedService", "users.v1.HistoryService",
          "users.v1.LogService", "users.v1.SyncService", "users.v1.UserService"}) {
      if (HealthOf(service) != status) return false;
    }
    return true;
  }

  // SERVICE_UNKNOWN: NOT_FOUND, as the protocol has it for a single question.
  HealthCheckResponse::ServingStatus HealthOf(const std::string& service) {
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(service);
    HealthCheckResponse response;
    const grpc::Status status = health_->Check(stub_.Context().get(), request, &response);
    if (status.error_code() == StatusCode::NOT_FOUND) return HealthCheckResponse::SERVICE_UNKNOWN;
    return status.ok() ? response.status() : HealthCheckResponse::UNKNOWN;
  }

  grpc::Status Push(const std::string& id, absl::Duration patience) {
    users::v1::PushRequest request;
    *request.add_mutations() = MakeMutation(id, MakeUser(id));
    users::v1::PushResponse response;
    return stub_.sync().Push(stub_.Context(patience).get(), request, &response);
  }

  StoreStub stub_ = Writer();
  const std::unique_ptr<grpc::health::v1::Health::Stub> health_ =
      grpc::health::v1::Health::NewStub(stub_.channel());
};

TEST_F(Health, FollowsTheDatabaseAndCallsFailInTimeWithoutIt) {
  ASSERT_TRUE(Says(HealthCheckResponse::SERVING));
  ASSERT_THAT(Push("before", kPatience), IsOk());
  line().postgres().Kill9();
  EXPECT_TRUE(Eventually([&] { return Says(HealthCheckResponse::NOT_SERVING); }));
  users::v1::ListUsersResponse list;
  const grpc::Status read = stub_.users().ListUsers(stub_.Context().get(), {}, &list);
  EXPECT_EQ(read.error_code(), StatusCode::UNAVAILABLE) << read.error_message();
  EXPECT_EQ(Push("meanwhile", absl::Seconds(1)).error_code(), StatusCode::DEADLINE_EXCEEDED);
  line().postgres().Start();
  EXPECT_TRUE(Eventually([&] { return Says(HealthCheckResponse::SERVING); }));
  EXPECT_THAT(Push("after", kPatience), IsOk());
  EXPECT_EQ(Get("before").version(), 1);
  EXPECT_EQ(Get("after").version(), 1);
}

TEST_F(Health, IsKnownOfNoOtherService) {
  for (const char* service :
       {"users.internal.v1.IngestService", "users.v1", "users.v1.NoService", "nonsense"}) {
    EXPECT_EQ(HealthOf(service), HealthCheckResponse::SERVICE_UNKNOWN) << service;
  }
}

TEST_F(Health, ReflectionListsAndDescribesEveryService) {
  namespace reflection = grpc::reflection::v1alpha;
  const auto stub = reflection::ServerReflection::NewStub(stub_.channel());
  const auto context = stub_.Context();
  const auto stream = stub->ServerReflectionInfo(context.get());
  reflection::ServerReflectionRequest request;
  request.set_list_services("");
  ASSERT_TRUE(stream->Write(request));
  reflection::ServerReflectionResponse response;
  ASSERT_TRUE(stream->Read(&response));
  std::vector<std::string> names;
  for (const auto& service : response.list_services_response().service()) {
    names.push_back(service.name());
  }
  EXPECT_THAT(names,
              testing::IsSupersetOf(
                  {"grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection",
                   "users.internal.v1.IngestService", "users.v1.AdminService",
                   "users.v1.ChangeFeedService", "users.v1.SyncService", "users.v1.UserService"}));
  for (const std::string& name : names) {
    request.set_file_containing_symbol(name);
    ASSERT_TRUE(stream->Write(request));
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_GT(response.file_descriptor_response().file_descriptor_proto_size(), 0) << name;
  }
  stream->WritesDone();
  EXPECT_THAT(stream->Finish(), IsOk());
}

TEST_F(Health, BufCurlListsTheMethodsAndCallsThem) {
  const std::string buf = USERSYNC_SOURCE_DIR "/node_modules/.bin/buf";
  if (access(buf.c_str(), X_OK) != 0) GTEST_SKIP() << "pnpm install has not installed buf";
  const std::string url = "http://" + line().store().address();
  const std::vector<std::string> curl = {buf, "curl", "--protocol", "grpc",
                                         "--http2-prior-knowledge"};
  std::vector<std::string> list = curl;
  list.insert(list.end(), {"--list-methods", url});
  const std::string methods = Must(RunToEnd({.name = "buf curl", .argv = list}));
  for (const char* method : {"users.v1.UserService/GetUser", "users.v1.SyncService/Push",
                             "users.v1.ChangeFeedService/Watch", "grpc.health.v1.Health/Check"}) {
    EXPECT_THAT(methods, testing::HasSubstr(method));
  }
  std::vector<std::string> call = curl;
  call.insert(call.end(), {"-d", R"({"userId":"nobody"})", url + "/users.v1.UserService/GetUser"});
  const auto answer = RunToEnd({.name = "buf curl", .argv = call});
  ASSERT_FALSE(answer.ok());
  EXPECT_THAT(answer.status().ToString(), testing::HasSubstr("names no user")) << "the text alone";
}

}  // namespace
}  // namespace usersync::tests
