#include "store/identity.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "common/testing/can_serve.h"
#include "common/testing/certificates.h"
#include "users/v1/user_service.grpc.pb.h"

namespace usersync::store {
namespace {

using Metadata = std::vector<std::pair<std::string, std::string>>;

// Answers every call with who made it.
class Service final : public users::v1::UserService::CallbackService {
 public:
  explicit Service(const Identity& identity) : identity_(identity) {}

  grpc::ServerUnaryReactor* GetUser(grpc::CallbackServerContext* context,
                                    const users::v1::GetUserRequest*,
                                    users::v1::GetUserResponse*) override {
    caller = identity_.Identify(*context);
    auto* reactor = context->DefaultReactor();
    reactor->Finish(ToGrpc(caller.status()));
    return reactor;
  }

  absl::StatusOr<Caller> caller;

 private:
  const Identity& identity_;
};

class IdentityTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!kCanServe) GTEST_SKIP() << "no gRPC server under ThreadSanitizer";
    char folder[] = "/tmp/store-identity-test-XXXXXX";
    folder_ = mkdtemp(folder);
    for (const std::string name : {"gateway", "bridge", "operator"}) {
      const std::string path = absl::StrCat(folder_, "/", name, ".token");
      std::ofstream(path) << "the-token-of-the-" << name << "\n";
      chmod(path.c_str(), 0600);
    }
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void Serve(Identity identity, const TlsFiles& files = {}) {
    identity_ = std::move(identity);
    service_.emplace(*identity_);
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", *MakeServerCredentials(files), &port_);
    builder.RegisterService(&*service_);
    server_ = builder.BuildAndStart();
  }

  // Who a call is from, for the store.
  absl::StatusOr<Caller> Call(const Metadata& metadata, const TlsFiles& files = {}) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    const auto stub = users::v1::UserService::NewStub(grpc::CreateCustomChannel(
        absl::StrCat("127.0.0.1:", port_), *MakeChannelCredentials(files), arguments));
    grpc::ClientContext context;
    for (const auto& [key, value] : metadata) context.AddMetadata(key, value);
    users::v1::GetUserResponse response;
    const auto status = stub->GetUser(&context, {}, &response);
    return status.ok() ? service_->caller : FromGrpc(status);
  }

  std::string folder_;
  std::optional<Identity> identity_;
  std::optional<Service> service_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

const Metadata kAlice = {
    {"usersync-actor", "alice"}, {"usersync-roles", "admin"}, {"usersync-auth", "jwt"}};

Metadata With(const Metadata& metadata, const std::string& token) {
  Metadata all = metadata;
  all.emplace_back("usersync-token", token);
  return all;
}

TEST_F(IdentityTest, IsToldByTheGatewayAlone) {
  Serve(*Identity::Load(folder_));
  const auto alice = Call(With(kAlice, "the-token-of-the-gateway"));
  ASSERT_TRUE(alice.ok()) << alice.status();
  EXPECT_EQ(alice->peer, Peer::kGateway);
  EXPECT_EQ(alice->principal.actor, "alice");
  EXPECT_EQ(alice->principal.role, Role::kAdmin);
  EXPECT_EQ(alice->principal.auth, users::v1::AUTH_JWT);
  const auto nobody = Call(kAlice);
  EXPECT_EQ(nobody->peer, Peer::kNone);
  EXPECT_EQ(nobody->principal.actor, "");
  EXPECT_EQ(nobody->principal.role, Role::kReader);
  const auto bridge = Call(With(kAlice, "the-token-of-the-bridge"));
  EXPECT_EQ(bridge->peer, Peer::kBridge);
  EXPECT_EQ(bridge->principal.actor, "bridge");
  EXPECT_EQ(bridge->principal.role, Role::kReader);
  EXPECT_EQ(Call(With(kAlice, "the-token-of-the-operator"))->principal.actor, "operator");
}

TEST_F(IdentityTest, IsNeverASecondWord) {
  Serve(*Identity::Load(folder_));
  Metadata twice = With(kAlice, "the-token-of-the-gateway");
  twice.emplace_back("usersync-actor", "bob");
  EXPECT_TRUE(absl::IsInvalidArgument(Call(twice).status()));
  EXPECT_TRUE(absl::IsUnauthenticated(Call(With(kAlice, "another-token-altogether")).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(
      Call({{"usersync-token", "the-token-of-the-gateway"}, {"usersync-actor", "a b"}}).status()));
}

TEST_F(IdentityTest, IsAReadersWhereTheGatewayNamesNobody) {
  Serve(*Identity::Load(folder_));
  const auto nobody = Call({{"usersync-token", "the-token-of-the-gateway"}});
  EXPECT_EQ(nobody->peer, Peer::kNone);
  EXPECT_EQ(nobody->principal.role, Role::kReader);
}

TEST_F(IdentityTest, IsTheCertificatesWhereThereIsTls) {
  const Certificates certificates;
  Serve(Identity::OfCertificates(), certificates.Make("store", "IP:127.0.0.1"));
  const auto service = [&](const std::string& names) {
    return Call(With(kAlice, "the-token-of-the-operator"), certificates.Make("client", names));
  };
  const auto alice = service("URI:usersync://gateway");
  ASSERT_TRUE(alice.ok()) << alice.status();
  EXPECT_EQ(alice->peer, Peer::kGateway);
  EXPECT_EQ(alice->principal.actor, "alice");
  EXPECT_EQ(service("DNS:bridge.test,URI:usersync://bridge")->peer, Peer::kBridge);
  const auto op = service("URI:usersync://operator");
  EXPECT_EQ(op->peer, Peer::kOperator);
  EXPECT_EQ(op->principal.auth, users::v1::AUTH_MTLS);
  for (const char* names : {"", "DNS:gateway", "URI:usersync://gateway/", "URI:usersync://other",
                            "URI:usersync://gateway.evil.test", "URI:https://gateway",
                            "URI:usersync://gateway,URI:usersync://operator"}) {
    EXPECT_TRUE(absl::IsUnauthenticated(service(names).status())) << names;
  }
}

}  // namespace
}  // namespace usersync::store
