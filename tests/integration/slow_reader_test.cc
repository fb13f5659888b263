// A store sends 200 MB through a gateway to a client that does not read: what nobody reads must not
// lie in the gateway.
#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server_builder.h>

#include <atomic>
#include <cstdio>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/testing/http2_client.h"
#include "tests/harness/free_port.h"
#include "tests/harness/gateway.h"
#include "users/v1/history_service.grpc.pb.h"

namespace usersync::tests {
namespace {

using gateway::Http2Client;
using gateway::Http2Frame;
using gateway::RawClient;

constexpr int kMessages = 2000;
constexpr size_t kMessageBytes = 100000;
constexpr size_t kMostBytes = kMessages * kMessageBytes;
// A stream may have 256 KiB wait, and as much again at gRPC. With very much to spare.
constexpr int64_t kMostGrowthKb = kMostBytes / 5 / 1024;
constexpr char kPath[] = "/users.v1.HistoryService/StreamHistory";

using Answer = users::v1::StreamHistoryResponse;

// Writes as long as it is let.
class LongStream final : public grpc::ServerWriteReactor<Answer> {
 public:
  LongStream(const Answer& answer, std::atomic<int>& written) : answer_(answer), written_(written) {
    StartWrite(&answer_);
  }

  void OnWriteDone(bool ok) override {
    ++written_;
    if (!ok || --left_ == 0) return Finish(grpc::Status::OK);
    StartWrite(&answer_);
  }
  void OnDone() override { delete this; }

 private:
  const Answer& answer_;
  std::atomic<int>& written_;
  int left_ = kMessages;
};

class LongHistory final : public users::v1::HistoryService::CallbackService {
 public:
  LongHistory() {
    answer_.add_versions()->mutable_user()->set_email(std::string(kMessageBytes, 'x'));
  }

  grpc::ServerWriteReactor<Answer>* StreamHistory(grpc::CallbackServerContext*,
                                                  const users::v1::StreamHistoryRequest*) override {
    return new LongStream(answer_, written_);
  }

  // How much was written, once that changes no more.
  int WrittenWhenItStands() const {
    int before = -1;
    while (before != written_) {
      before = written_;
      absl::SleepFor(absl::Milliseconds(500));
    }
    return before;
  }

 private:
  Answer answer_;
  std::atomic<int> written_ = 0;
};

class SlowReader : public testing::Test {
 protected:
  void SetUp() override {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address_, grpc::InsecureServerCredentials());
    builder.RegisterService(&history_);
    store_ = builder.BuildAndStart();
    gateway_.Start();
    before_ = PeakKb();
  }

  void TearDown() override { gateway_.Terminate(); }

  // The most memory that the gateway ever had.
  int64_t PeakKb() const {
    std::ifstream status(absl::StrCat("/proc/", gateway_.pid(), "/status"));
    for (std::string line; std::getline(status, line);) {
      if (absl::StartsWith(line, "VmHWM:")) return std::stoll(line.substr(6));
    }
    throw std::runtime_error("the gateway is gone");
  }

  void ExpectLittleMemory() const {
    const int64_t growth = PeakKb() - before_;
    std::printf("200 MB to a client that stops reading took %ld kB of the gateway\n", growth);
    EXPECT_LT(growth, kMostGrowthKb);
  }

  const std::string address_ = absl::StrCat("127.0.0.1:", FreePort());
  LongHistory history_;
  std::unique_ptr<grpc::Server> store_;
  const Preparation preparation_;
  Gateway gateway_{preparation_, {address_}};
  int64_t before_ = 0;
  // An empty message.
  const std::string request_ = std::string(5, '\0');
};

TEST_F(SlowReader, TakesLittleMemoryOverHttp1) {
  RawClient client(gateway_.http_port());
  client.Send(absl::StrCat("POST ", kPath,
                           " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/grpc-web\r\n"
                           "Connection: close\r\nContent-Length: 5\r\n\r\n",
                           request_));
  EXPECT_LT(history_.WrittenWhenItStands(), kMessages / 2);
  const std::string answer = client.ReadAll();
  EXPECT_GT(answer.size(), kMostBytes);
  EXPECT_THAT(answer.substr(answer.size() - 40), testing::HasSubstr("grpc-status:0\r\n"));
  ExpectLittleMemory();
}

TEST_F(SlowReader, TakesLittleMemoryOverHttp2) {
  Http2Client client(gateway_.http_port());
  client.Call(1, kPath, request_);
  // Not HTTP/2's own window is what holds it back.
  client.Allow(1, (1u << 31) - (1 << 17));
  EXPECT_LT(history_.WrittenWhenItStands(), kMessages / 2);
  const std::string answer = client.ReadBody(1);
  EXPECT_GT(answer.size(), kMostBytes);
  EXPECT_THAT(answer.substr(answer.size() - 40), testing::HasSubstr("grpc-status:0\r\n"));
  ExpectLittleMemory();
}

TEST_F(SlowReader, TakesLittleMemoryOverGrpc) {
  const auto stub = users::v1::HistoryService::NewStub(grpc::CreateChannel(
      absl::StrCat("127.0.0.1:", gateway_.grpc_port()), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  const auto reader = stub->StreamHistory(&context, {});
  EXPECT_LT(history_.WrittenWhenItStands(), kMessages / 2);
  Answer answer;
  int read = 0;
  while (reader->Read(&answer)) ++read;
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(read, kMessages);
  ExpectLittleMemory();
}

}  // namespace
}  // namespace usersync::tests
