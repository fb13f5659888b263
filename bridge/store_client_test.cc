#include "bridge/store_client.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "absl/strings/str_cat.h"
#include "bridge/testing/eventually.h"
#include "common/status.h"
#include "common/testing/can_serve.h"
#include "users/internal/v1/ingest_service.grpc.pb.h"
#include "users/v1/change_feed_service.grpc.pb.h"
#include "users/v1/sync_service.grpc.pb.h"

namespace usersync::bridge {
namespace {

using users::internal::v1::IngestRequest;
using users::internal::v1::IngestResponse;

// Answers with `name`, and shows what it was called with.
class TestStore final : public users::internal::v1::IngestService::Service,
                        public users::v1::SyncService::Service,
                        public users::v1::ChangeFeedService::Service {
 public:
  explicit TestStore(std::string name) : name_(std::move(name)) {}
  ~TestStore() override { Stop(); }

  void Start(int port) {
    grpc::ServerBuilder builder;
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.AddListeningPort(absl::StrCat("127.0.0.1:", port), grpc::InsecureServerCredentials(),
                             &port_);
    builder.RegisterService(static_cast<users::internal::v1::IngestService::Service*>(this));
    builder.RegisterService(static_cast<users::v1::SyncService::Service*>(this));
    builder.RegisterService(static_cast<users::v1::ChangeFeedService::Service*>(this));
    stopping_ = false;
    server_ = builder.BuildAndStart();
  }
  void Stop() {
    stopping_ = true;
    if (server_ != nullptr) server_->Shutdown();
    server_.reset();
  }

  std::string address() const { return absl::StrCat("127.0.0.1:", port_); }
  int port() const { return port_; }

  std::atomic<bool> refuses = false;
  std::atomic<bool> is_silent = false;

  grpc::Status GetPosition(grpc::ServerContext* context,
                           const users::internal::v1::GetPositionRequest*,
                           users::internal::v1::GetPositionResponse* response) override {
    const auto token = context->client_metadata().find("usersync-token");
    if (token == context->client_metadata().end() || token->second != "secret") {
      return grpc::Status(grpc::StatusCode::UNAUTHENTICATED, "no token");
    }
    response->mutable_position()->set_sequence(name_.size());
    return grpc::Status::OK;
  }

  grpc::Status Ingest(grpc::ServerContext*, const IngestRequest* request,
                      IngestResponse* response) override {
    if (refuses) {
      return ToGrpc(Error(absl::StatusCode::kAborted, "POSITION_MOVED", "moved",
                          {{"position", "7"}, {"time_ns", "70"}}));
    }
    for (const auto& entry : request->entries()) {
      response->add_receipts()->set_mutation_id(entry.mutation().mutation_id());
    }
    return grpc::Status::OK;
  }

  grpc::Status Pull(grpc::ServerContext*, const users::v1::PullRequest*,
                    users::v1::PullResponse* response) override {
    response->set_checkpoint(name_);
    return grpc::Status::OK;
  }

  grpc::Status Watch(grpc::ServerContext* context, const users::v1::WatchRequest*,
                     grpc::ServerWriter<users::v1::WatchResponse>* writer) override {
    users::v1::WatchResponse response;
    response.set_epoch(name_);
    writer->Write(response);
    while (!context->IsCancelled() && !stopping_) {
      absl::SleepFor(absl::Milliseconds(5));
      if (!is_silent) writer->Write(response);
    }
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "stopping");
  }

 private:
  const std::string name_;
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::unique_ptr<grpc::Server> server_;
};

class StoreClientTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!kCanServe) GTEST_SKIP() << "no gRPC server under ThreadSanitizer";
    first_.Start(0);
    second_.Start(0);
  }

  std::unique_ptr<StoreClient> Client(absl::Duration silence_limit = absl::Seconds(5)) {
    return MakeStoreClient({.addresses = {first_.address(), second_.address()},
                            .token = "secret",
                            .read_timeout = absl::Seconds(5),
                            .silence_limit = silence_limit});
  }

  static std::string Asked(StoreClient& client) {
    const auto response = PullNow(client, {});
    return response.ok() ? response->checkpoint() : "";
  }

  TestStore first_{"first"};
  TestStore second_{"second"};
};

TEST_F(StoreClientTest, ShowsItsToken) {
  EXPECT_TRUE(Client()->GetPosition("USERS_UPDATE").ok());
  const auto stranger = MakeStoreClient({.addresses = {first_.address()}});
  EXPECT_TRUE(absl::IsUnauthenticated(stranger->GetPosition("USERS_UPDATE").status()));
}

TEST_F(StoreClientTest, AnswersAnIngestWithReceiptsOrTheReason) {
  const auto client = Client();
  IngestRequest request;
  request.add_entries()->mutable_mutation()->set_mutation_id("m");
  for (const bool refuses : {false, true}) {
    first_.refuses = refuses;
    std::promise<absl::StatusOr<IngestResponse>> answered;
    client->Ingest(request, [&](auto answer) { answered.set_value(std::move(answer)); });
    const auto answer = answered.get_future().get();
    ASSERT_EQ(answer.ok(), !refuses);
    if (answer.ok()) {
      EXPECT_EQ(answer->receipts(0).mutation_id(), "m");
    } else {
      EXPECT_EQ(ReasonOf(answer.status()), "POSITION_MOVED");
      EXPECT_EQ(MetadataOf(answer.status(), "position"), "7");
    }
  }
}

TEST_F(StoreClientTest, GoesToAnotherStoreWhenOneDiesAndComesBack) {
  const auto client = Client();
  EXPECT_EQ(Asked(*client), "first");
  first_.Stop();
  EXPECT_TRUE(Eventually([&] { return Asked(*client) == "second"; }));
  const int port = first_.port();
  second_.Stop();
  first_.Start(port);
  EXPECT_TRUE(Eventually([&] { return Asked(*client) == "first"; }));
}

TEST_F(StoreClientTest, ReadsTheFeedUntilItIsCancelled) {
  const auto client = Client();
  const auto feed = client->Watch({});
  users::v1::WatchResponse response;
  ASSERT_TRUE(feed->Next(absl::InfiniteFuture(), &response).ok());
  EXPECT_EQ(response.epoch(), "first");
  first_.is_silent = true;
  absl::Status status;
  EXPECT_TRUE(Eventually([&] {
    status = feed->Next(absl::Now() + absl::Milliseconds(20), &response);
    return !status.ok();
  }));
  EXPECT_TRUE(absl::IsDeadlineExceeded(status));
  std::thread cancelling([&] { feed->Cancel(); });
  do {
    status = feed->Next(absl::InfiniteFuture(), &response);
  } while (status.ok());
  EXPECT_TRUE(absl::IsCancelled(status)) << status;
  cancelling.join();
}

TEST_F(StoreClientTest, LeavesAFeedThatIsSilentForAnotherStore) {
  const auto client = Client(absl::Milliseconds(100));
  first_.is_silent = true;
  const auto feed = client->Watch({});
  users::v1::WatchResponse response;
  absl::Status status;
  do {
    status = feed->Next(absl::InfiniteFuture(), &response);
  } while (status.ok());
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  const auto next = client->Watch({});
  ASSERT_TRUE(next->Next(absl::InfiniteFuture(), &response).ok());
  EXPECT_EQ(response.epoch(), "second");
}

TEST_F(StoreClientTest, LetsGoOfAFeedThatNobodyReads) {
  const auto client = Client();
  for (int i = 0; i < 5; ++i) client->Watch({});
  EXPECT_EQ(Asked(*client), "first");
}

}  // namespace
}  // namespace usersync::bridge
