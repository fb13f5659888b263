// Services that know each other by certificates: two stores, a bridge and a gateway, all of one
// authority. No token counts.
#include "common/testing/certificates.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <map>

#include "absl/strings/str_cat.h"
#include "tests/harness/eventually.h"
#include "tests/harness/free_port.h"
#include "tests/harness/gateway.h"
#include "tests/harness/http_client.h"
#include "tests/harness/line.h"
#include "tests/harness/must.h"
#include "tests/integration/api_error.h"

namespace usersync::tests {
namespace {

using grpc::StatusCode;
using nlohmann::json;
using testing::HasSubstr;

constexpr char kGateway[] = "URI:usersync://gateway";
constexpr char kBridge[] = "URI:usersync://bridge";
constexpr char kOperator[] = "URI:usersync://operator";
constexpr char kStore[] = "IP:127.0.0.1";

// Everybody's certificate: its file, and the names in it.
const std::map<std::string, std::string> kCertificates = {
    {"gateway", kGateway}, {"bridge", kBridge}, {"store-0", kStore}, {"store-1", kStore}};
constexpr int kStores = 2;
constexpr int kCalls = 200;

// The variables are the same in both of the stores' clients.
void ShowCertificate(Server& client, const TlsFiles& files) {
  client.SetVariable("USERSYNC_STORE_CA", files.authority);
  client.SetVariable("USERSYNC_CLIENT_CERT", files.certificate);
  client.SetVariable("USERSYNC_CLIENT_KEY", files.key);
}

// In one step each, as a careful renewal does.
void Replace(const TlsFiles& files, const TlsFiles& successors) {
  std::filesystem::rename(successors.certificate, files.certificate);
  std::filesystem::rename(successors.key, files.key);
  std::filesystem::copy_file(successors.authority, files.authority + ".new",
                             std::filesystem::copy_options::overwrite_existing);
  std::filesystem::rename(files.authority + ".new", files.authority);
}

int HealthOf(int port) {
  try {
    return HttpClient(port).Ask("GET", "/healthz").status;
  } catch (const std::exception&) {
    return 0;
  }
}

class Certified : public testing::Test {
 protected:
  Certified() {
    for (const auto& [file, names] : kCertificates) {
      files_[file] = authority_.Make(file, names);
    }
    for (int i = 0; i < kStores; ++i) {
      line_.store(i).SetCertificate(files_[absl::StrCat("store-", i)], files_["gateway"]);
    }
    ShowCertificate(line_.bridge(), files_["bridge"]);
    ShowCertificate(gateway_, files_["gateway"]);
    line_.Start();
    gateway_.Start();
  }

  // A caller of the first store.
  StoreStub Caller(std::shared_ptr<grpc::ChannelCredentials> credentials,
                   StoreStub::Options who = {}) {
    who.address = line_.store().address();
    who.credentials = std::move(credentials);
    return StoreStub(who);
  }
  StoreStub CallerNamed(const std::string& names, StoreStub::Options who = {}) {
    return Caller(Must(MakeChannelCredentials(authority_.Make("caller", names))), std::move(who));
  }

  static grpc::Status Read(StoreStub stub) {
    users::v1::ListUsersResponse response;
    return stub.users().ListUsers(stub.Context().get(), {}, &response);
  }
  static grpc::Status Administrate(StoreStub stub) {
    users::v1::ListRefusedResponse response;
    return stub.admin().ListRefused(stub.Context().get(), {}, &response);
  }
  static grpc::Status Ingest(StoreStub stub) {
    users::internal::v1::GetPositionRequest request;
    request.set_source("NOBODYS");
    users::internal::v1::GetPositionResponse response;
    return stub.ingest().GetPosition(stub.Context().get(), request, &response);
  }

  HttpAnswer Get(const std::string& target) const {
    return HttpClient(gateway_.http_port()).Ask("GET", target);
  }
  // Safe to repeat.
  HttpAnswer Create(const std::string& id) const {
    return HttpClient(gateway_.http_port())
        .Ask("POST", "/api/users?mutationId=" + id,
             {{"Content-Type", "application/json"}, {"X-User-ID", "alice"}}, Document(id).dump());
  }
  // How many calls are answered until one is not.
  int AnswersInARow() const {
    int answered = 0;
    while (answered < kCalls && Get("/api/users").status == 200) ++answered;
    return answered;
  }
  static json Document(const std::string& id) {
    return {{"id", id}, {"email", id + "@example.com"}, {"status", "active"}};
  }

  // A change goes in through NATS and the bridge, and out through the gateway; and the other way.
  void ExpectBothWaysOpen(const std::string& id) {
    const auto client = line_.Client("alice");
    const auto broadcasts = Must(client->Subscribe("users.broadcast"));
    json document = Document(id);
    document["created_at"] = document["updated_at"] = "2024-01-01T00:00:00Z";
    Must(client->Publish("users.update.alice", document.dump()));
    EXPECT_TRUE(Eventually([&] { return Get("/api/users/" + id).status == 200; }));
    const std::string other = id + "-back";
    EXPECT_TRUE(Eventually([&] { return Create(other).status == 200; }));
    while (json::parse(Must(broadcasts->Next(kPatience)).payload)["id"] != other) {
    }
  }

  const Certificates authority_;
  std::map<std::string, TlsFiles> files_;
  Line line_{{.stores = kStores}};
  Gateway gateway_{line_.preparation(), {line_.store(0).address(), line_.store(1).address()}};
};

TEST_F(Certified, CarryChangesBothWaysAndRecordHowTheirAuthorWasKnown) {
  ExpectBothWaysOpen("u");
  const auto auth = [this](const std::string& id) {
    return Get(absl::StrCat("/api/users/", id, "/versions/1")).json()["version"]["auth"];
  };
  EXPECT_EQ(auth("u"), "AUTH_NATS");
  EXPECT_EQ(auth("u-back"), "AUTH_NONE");
  StoreStub admin = CallerNamed(kOperator);
  users::v1::CreateUserRequest request;
  request.mutable_user()->set_id("op");
  request.mutable_user()->set_email("op@example.com");
  request.mutable_user()->set_status("active");
  users::v1::CreateUserResponse response;
  EXPECT_THAT(admin.users().CreateUser(admin.Context().get(), request, &response), IsOk());
  EXPECT_EQ(auth("op"), "AUTH_MTLS");
}

TEST_F(Certified, KnowWhoCallsByTheCertificateAlone) {
  const StoreStub::Options claims{.actor = "mallory", .roles = "admin"};
  EXPECT_THAT(Administrate(CallerNamed(kGateway, claims)), IsOk());
  EXPECT_THAT(Administrate(CallerNamed(kOperator)), IsOk());
  for (const char* names : {kBridge, kGateway}) {
    EXPECT_THAT(Administrate(CallerNamed(names)),
                IsError(StatusCode::PERMISSION_DENIED, "ROLE_MISSING"))
        << names;
  }
  EXPECT_THAT(Administrate(CallerNamed(kBridge, claims)),
              IsError(StatusCode::PERMISSION_DENIED, "ROLE_MISSING"));

  EXPECT_THAT(Ingest(CallerNamed(kBridge)), IsOk());
  const std::string token = line_.preparation().Secret("bridge.token");
  for (const char* names : {kGateway, kOperator}) {
    EXPECT_EQ(Ingest(CallerNamed(names, {.token = token})).error_code(),
              StatusCode::PERMISSION_DENIED)
        << names;
  }
  for (const char* names :
       {"", "DNS:gateway", "URI:usersync://somebody", "URI:usersync://gateway/",
        "URI:usersync://gateway,URI:usersync://bridge", "URI:https://gateway"}) {
    EXPECT_EQ(Read(CallerNamed(names, {.token = token})).error_code(), StatusCode::UNAUTHENTICATED)
        << names;
  }
}

TEST_F(Certified, LetNobodyInWithoutACertificateOfTheirAuthority) {
  const StoreStub::Options claims{.token = line_.preparation().Secret("gateway.token"),
                                  .actor = "alice"};
  const Certificates others;
  TlsFiles stranger = others.Make("gateway", kGateway);
  stranger.authority = files_["gateway"].authority;
  for (const TlsFiles& files : {TlsFiles(), stranger}) {
    EXPECT_EQ(Read(Caller(Must(MakeChannelCredentials(files)), claims)).error_code(),
              StatusCode::UNAVAILABLE);
  }

  gateway_.Terminate();
  // The last one does not believe the stores.
  for (const TlsFiles& files : {TlsFiles(), stranger, others.Make("gateway", kGateway)}) {
    ShowCertificate(gateway_, files);
    gateway_.Begin();
    EXPECT_TRUE(Eventually([this] { return HealthOf(gateway_.http_port()) == 503; }));
    EXPECT_EQ(Get("/api/users").status, 503);
  }
  line_.bridge().Terminate();
  const int metrics = FreePort();
  line_.bridge().SetVariable("USERSYNC_BRIDGE_METRICS_PORT", absl::StrCat(metrics));
  for (const TlsFiles& files : {TlsFiles(), stranger, files_["gateway"]}) {
    ShowCertificate(line_.bridge(), files);
    line_.bridge().Begin();
    EXPECT_TRUE(Eventually([&] { return HealthOf(metrics) == 503; }));
  }
  Must(line_.Client()->Publish("users.update", Document("refused").dump()));
  EXPECT_EQ(HealthOf(metrics), 503);
  EXPECT_EQ(line_.Position(), 0);
}

// All files at once become another authority's, as they would over some days.
TEST_F(Certified, TakeRenewedFilesWithoutARestart) {
  const auto old = Must(MakeChannelCredentials(authority_.Make("caller", kGateway)));
  EXPECT_THAT(Read(Caller(old)), IsOk());
  const Certificates successor;
  for (const auto& [file, names] : kCertificates) {
    Replace(files_[file], successor.Make(file, names));
  }
  const auto renewed = Must(MakeChannelCredentials(files_["gateway"]));
  EXPECT_TRUE(Eventually([&] { return Read(Caller(renewed)).ok(); }));
  EXPECT_EQ(Read(Caller(old)).error_code(), StatusCode::UNAVAILABLE);
  // The bridge and the gateway must connect again.
  for (int i = 0; i < kStores; ++i) {
    line_.store(i).Kill9();
    line_.store(i).Start();
  }
  ExpectBothWaysOpen("renewed");
}

TEST_F(Certified, GoOnWhenOneOfTwoStoresDies) {
  for (int i = 0; i < kStores; ++i) {
    line_.store(i).Kill9();
    // Once the gateway knows, it asks the other one alone.
    EXPECT_TRUE(Eventually([this] { return AnswersInARow() == kCalls; }));
    ExpectBothWaysOpen(absl::StrCat("without-", i));
    line_.store(i).Start();
  }
}

}  // namespace
}  // namespace usersync::tests
