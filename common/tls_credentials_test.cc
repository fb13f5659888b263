#include "common/tls_credentials.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/testing/can_serve.h"
#include "common/testing/certificates.h"
#include "grpc/health/v1/health.grpc.pb.h"

namespace usersync {
namespace {

// The least that a server can serve.
class Health final : public grpc::health::v1::Health::CallbackService {
  grpc::ServerUnaryReactor* Check(grpc::CallbackServerContext* context,
                                  const grpc::health::v1::HealthCheckRequest*,
                                  grpc::health::v1::HealthCheckResponse*) override {
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

class TlsCredentialsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!kCanServe) GTEST_SKIP() << "no gRPC server under ThreadSanitizer";
  }

  void Serve(const TlsFiles& files) {
    grpc::ServerBuilder builder;
    builder.RegisterService(&health_);
    builder.AddListeningPort("127.0.0.1:0", *MakeServerCredentials(files), &port_);
    server_ = builder.BuildAndStart();
  }

  bool Answers(const std::shared_ptr<grpc::ChannelCredentials>& credentials,
               const std::string& host = "127.0.0.1") {
    grpc::ChannelArguments arguments;
    // A connection of its own, so that there is a handshake.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    const auto stub = grpc::health::v1::Health::NewStub(
        grpc::CreateCustomChannel(absl::StrCat(host, ":", port_), credentials, arguments));
    grpc::ClientContext context;
    grpc::health::v1::HealthCheckResponse response;
    return stub->Check(&context, {}, &response).ok();
  }

  Certificates certificates_;
  Health health_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

TEST_F(TlsCredentialsTest, LetInWhomTheSameAuthoritySigned) {
  Serve(certificates_.Make("server", "IP:127.0.0.1,DNS:localhost"));
  const TlsFiles client = certificates_.Make("client", "URI:usersync://bridge");
  EXPECT_TRUE(Answers(*MakeChannelCredentials(client)));
  EXPECT_TRUE(Answers(*MakeChannelCredentials(client), "localhost"));
  const Certificates others;
  TlsFiles stranger = others.Make("client", "URI:usersync://bridge");
  stranger.authority = client.authority;
  EXPECT_FALSE(Answers(*MakeChannelCredentials(stranger)));
  EXPECT_FALSE(Answers(grpc::InsecureChannelCredentials()));
  std::ifstream file(client.authority);
  const std::string authority{std::istreambuf_iterator<char>(file), {}};
  EXPECT_FALSE(Answers(grpc::SslCredentials({.pem_root_certs = authority})));
}

TEST_F(TlsCredentialsTest, TrustAServerOnlyUnderItsName) {
  Serve(certificates_.Make("server", "DNS:store.test"));
  const TlsFiles client = certificates_.Make("client", "URI:usersync://bridge");
  EXPECT_FALSE(Answers(*MakeChannelCredentials(client)));
  const Certificates others;
  TlsFiles deceived = client;
  deceived.authority = others.Make("unused", "").authority;
  EXPECT_FALSE(Answers(*MakeChannelCredentials(deceived), "localhost"));
}

TEST_F(TlsCredentialsTest, ReadRenewedCertificates) {
  Serve(certificates_.Make("server", "DNS:before.test"));
  const auto client =
      *MakeChannelCredentials(certificates_.Make("client", "URI:usersync://bridge"));
  EXPECT_FALSE(Answers(client));
  certificates_.Make("server", "IP:127.0.0.1");
  const absl::Time deadline = absl::Now() + absl::Minutes(1);
  bool answers = false;
  while (!answers && absl::Now() < deadline) {
    absl::SleepFor(absl::Milliseconds(50));
    answers = Answers(client);
  }
  EXPECT_TRUE(answers);
}

TEST_F(TlsCredentialsTest, NameTheFileThatIsWrong) {
  const TlsFiles good = certificates_.Make("one", "");
  EXPECT_TRUE(MakeServerCredentials(good).ok());
  TlsFiles files = good;
  files.key = certificates_.Make("two", "").key;
  EXPECT_THAT(std::string(MakeServerCredentials(files).status().message()),
              testing::HasSubstr(files.key));
  files = good;
  files.authority = "/nowhere";
  EXPECT_THAT(std::string(MakeChannelCredentials(files).status().message()),
              testing::HasSubstr("/nowhere"));
  EXPECT_FALSE(MakeChannelCredentials({.certificate = good.certificate}).ok());
}

}  // namespace
}  // namespace usersync
