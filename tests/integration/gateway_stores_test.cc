// A gateway before two real stores: what its clients notice when one of them dies, and what they
// hear of the stores' health and services.
#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"
#include "tests/harness/eventually.h"
#include "tests/harness/gateway.h"
#include "tests/harness/http_client.h"
#include "tests/integration/logged_store.h"

namespace usersync::tests {
namespace {

using grpc::health::v1::HealthCheckResponse;
using testing::Contains;
using testing::Not;

// Watches through a gateway until it was told of a last change, going on from its checkpoint
// whenever a stream ends.
class Reader {
 public:
  Reader(int port, int64_t last) : port_(port), last_(last) {}
  virtual ~Reader() { thread_.join(); }

  void Begin() {
    thread_ = std::thread([this] {
      while (told_ < last_) Follow();
    });
  }

  // How many changes it was told of; in order, and none twice, if it is not flawed.
  int64_t told() const { return told_; }
  bool is_flawed() const { return is_flawed_; }
  // How many of its streams broke, and whether each said UNAVAILABLE in its last word.
  int breaks() const { return breaks_; }
  bool is_told_why() const { return is_told_why_; }

 protected:
  // One stream, to its end or that of the reading.
  virtual void Follow() = 0;

  void Take(int64_t sequence, const std::string& checkpoint) {
    if (sequence != told_ + 1) is_flawed_ = true;
    told_ = sequence;
    checkpoint_ = checkpoint;
  }
  void Break(const std::string& code, const std::string& expected) {
    if (code != expected) is_told_why_ = false;
    ++breaks_;
  }

  bool is_done() const { return told_ >= last_; }
  const int port_;
  std::string checkpoint_;

 private:
  const int64_t last_;
  std::atomic<int64_t> told_ = 0;
  std::atomic<int> breaks_ = 0;
  std::atomic<bool> is_flawed_ = false;
  std::atomic<bool> is_told_why_ = true;
  std::thread thread_;
};

class EventReader final : public Reader {
  using Reader::Reader;

  void Follow() override {
    HttpFields headers;
    if (!checkpoint_.empty()) headers["Last-Event-ID"] = checkpoint_;
    EventStream stream(port_, "/api/changes?start=WATCH_START_OLDEST", headers);
    if (stream.answer().status != 200) {
      return Break(stream.answer().json()["code"], "UNAVAILABLE");
    }
    while (const auto event = stream.Next()) {
      if (event->type == "error") {
        return Break(nlohmann::json::parse(event->data)["code"], "UNAVAILABLE");
      }
      if (event->data.empty()) continue;
      int64_t sequence = 0;
      const auto change = nlohmann::json::parse(event->data);
      EXPECT_TRUE(absl::SimpleAtoi(change["version"]["sequence"].get<std::string>(), &sequence));
      Take(sequence, event->id);
      if (is_done()) return;
    }
    Break("no last word", "UNAVAILABLE");
  }
};

class GrpcWebReader final : public Reader {
  using Reader::Reader;

  void Follow() override {
    users::v1::WatchRequest request;
    request.set_start(users::v1::WATCH_START_OLDEST);
    request.set_checkpoint(checkpoint_);
    GrpcWebStream stream(port_, "users.v1.ChangeFeedService/Watch", request.SerializeAsString());
    while (const auto message = stream.Next()) {
      users::v1::WatchResponse response;
      EXPECT_TRUE(response.ParseFromString(*message));
      for (const auto& change : response.changes().changes()) {
        Take(change.version().sequence(), change.checkpoint());
      }
      if (is_done()) return;
    }
    const auto status = stream.trailers().find("grpc-status");
    Break(status == stream.trailers().end() ? "no last word" : status->second, "14");
  }
};

class GatewayOfTwo : public testing::Test {
 protected:
  void SetUp() override { gateway_.Start(); }

  // NOT_FOUND is SERVICE_UNKNOWN here.
  HealthCheckResponse::ServingStatus HealthOf(const std::string& service) {
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(service);
    GrpcWebStream stream(gateway_.http_port(), "grpc.health.v1.Health/Check",
                         request.SerializeAsString());
    HealthCheckResponse response;
    const auto message = stream.Next();
    if (message && response.ParseFromString(*message)) return response.status();
    const auto status = stream.trailers().find("grpc-status");
    const bool is_unknown = status != stream.trailers().end() && status->second == "5";
    return is_unknown ? HealthCheckResponse::SERVICE_UNKNOWN : HealthCheckResponse::UNKNOWN;
  }

  LoggedStore stores_{2};
  Gateway gateway_{stores_.line().preparation(),
                   {stores_.line().store(0).address(), stores_.line().store(1).address()}};
};

TEST_F(GatewayOfTwo, WatchersGoOnAtTheOtherStoreWithoutGapOrRepeat) {
  constexpr int kBefore = 200;
  constexpr int kAfter = 300;
  // So many that both stores have some.
  constexpr int kOfEach = 4;
  std::vector<std::unique_ptr<Reader>> readers;
  for (int i = 0; i < kOfEach; ++i) {
    readers.push_back(std::make_unique<EventReader>(gateway_.http_port(), kBefore + kAfter));
    readers.push_back(std::make_unique<GrpcWebReader>(gateway_.http_port(), kBefore + kAfter));
  }
  for (const auto& reader : readers) reader->Begin();
  const auto all_told = [&](int64_t count) {
    return std::all_of(readers.begin(), readers.end(),
                       [&](const auto& reader) { return reader->told() >= count; });
  };
  stores_.Write(kBefore);
  ASSERT_TRUE(Eventually([&] { return all_told(kBefore); }));
  stores_.line().store(0).Kill9();
  // Nothing is written: only the end of the streams can tell them.
  EXPECT_TRUE(Eventually([&] {
    return std::any_of(readers.begin(), readers.end(),
                       [](const auto& reader) { return reader->breaks() > 0; });
  }));
  for (int i = 0; i < kAfter / 100; ++i) stores_.Write(100, 1);
  EXPECT_TRUE(Eventually([&] { return all_told(kBefore + kAfter); }));
  for (const auto& reader : readers) {
    EXPECT_FALSE(reader->is_flawed());
    EXPECT_TRUE(reader->is_told_why());
  }
}

TEST_F(GatewayOfTwo, TellsTheHealthOfEachServiceThatItServes) {
  const auto all_say = [this](HealthCheckResponse::ServingStatus status) {
    for (const char* service : {"", "users.v1.ChangeFeedService", "users.v1.UserService"}) {
      if (HealthOf(service) != status) return false;
    }
    return true;
  };
  EXPECT_TRUE(all_say(HealthCheckResponse::SERVING));
  EXPECT_EQ(HealthOf("users.internal.v1.IngestService"), HealthCheckResponse::SERVICE_UNKNOWN);
  EXPECT_EQ(HealthOf("nonsense"), HealthCheckResponse::SERVICE_UNKNOWN);
  stores_.line().postgres().Kill9();
  EXPECT_TRUE(Eventually([&] { return all_say(HealthCheckResponse::NOT_SERVING); }));
}

TEST_F(GatewayOfTwo, ReflectionKnowsNothingOfWhatIsNotServed) {
  namespace reflection = grpc::reflection::v1alpha;
  const auto stub = reflection::ServerReflection::NewStub(grpc::CreateChannel(
      absl::StrCat("127.0.0.1:", gateway_.grpc_port()), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
  const auto stream = stub->ServerReflectionInfo(&context);
  const auto ask = [&](const reflection::ServerReflectionRequest& request) {
    reflection::ServerReflectionResponse response;
    EXPECT_TRUE(stream->Write(request));
    EXPECT_TRUE(stream->Read(&response));
    return response;
  };
  reflection::ServerReflectionRequest request;
  request.set_list_services("");
  std::vector<std::string> names;
  const auto list = ask(request);
  for (const auto& service : list.list_services_response().service()) {
    names.push_back(service.name());
  }
  EXPECT_THAT(names, testing::AllOf(Contains("users.v1.UserService"),
                                    Not(Contains("users.internal.v1.IngestService"))));
  for (const std::string& name : names) {
    request.set_file_containing_symbol(name);
    EXPECT_TRUE(ask(request).has_file_descriptor_response()) << name;
  }
  request.set_file_containing_symbol("users.internal.v1.IngestRequest");
  EXPECT_EQ(ask(request).error_response().error_code(), grpc::StatusCode::NOT_FOUND);
  request.set_file_by_filename("users/internal/v1/ingest_service.proto");
  EXPECT_EQ(ask(request).error_response().error_code(), grpc::StatusCode::NOT_FOUND);
  request.set_file_containing_symbol("users.v1.UserService");
  EXPECT_TRUE(ask(request).has_file_descriptor_response());
}

}  // namespace
}  // namespace usersync::tests
