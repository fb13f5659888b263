#include "gateway/rest_call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <thread>

#include "absl/time/clock.h"
#include "common/testing/can_serve.h"
#include "gateway/testing/backend.h"

namespace usersync::gateway {
namespace {

using grpc::testing::StreamingOutputCallRequest;
using testing::HasSubstr;

// Notes what a client would get, which has read nothing until it says so.
class NotedAnswer final : public Responder {
 public:
  explicit NotedAnswer(boost::asio::io_context& context) : context_(context) {}

  void Start(int, const HttpHeaders&) override { is_started = true; }
  void Write(std::string bytes) override { text += bytes; }
  void End() override { is_ended = true; }
  void Abort() override { is_ended = true; }
  size_t pending() const override { return text.size() - read; }
  boost::asio::any_io_executor executor() override { return context_.get_executor(); }

  bool is_started = false;
  bool is_ended = false;
  std::string text;
  size_t read = 0;

 private:
  boost::asio::io_context& context_;
};

// Streams of a store's stand-in, whose messages are text already.
class RestCallTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!kCanServe) GTEST_SKIP() << "no gRPC server under ThreadSanitizer";
    backend_.Start();
    pool_ = std::make_unique<ChannelPool>(ChannelPool::Options{.addresses = {backend_.address()}});
  }

  void TearDown() override {
    if (call_ == nullptr) return;
    call_->OnGone();
    call_.reset();
    auto work = boost::asio::make_work_guard(context_);
    std::thread end([&] {
      pool_->AwaitNone();
      work.reset();
    });
    context_.restart();
    context_.run();
    end.join();
  }

  static StreamingOutputCallRequest Messages(int count, int size) {
    StreamingOutputCallRequest request;
    for (int i = 0; i < count; ++i) request.add_response_parameters()->set_size(size);
    return request;
  }
  static StreamingOutputCallRequest ForEver(int messages = 0) {
    StreamingOutputCallRequest request = Messages(messages, 1);
    request.mutable_response_status()->set_code(Backend::kForEver);
    return request;
  }

  void Begin(const StreamingOutputCallRequest& request, RestCall::Plan plan = {}) {
    plan.method = "/grpc.testing.TestService/StreamingOutputCall";
    plan.is_stream = true;
    plan.make_request = [request](const std::string&) -> absl::StatusOr<std::string> {
      return request.SerializeAsString();
    };
    plan.make_text = [](const std::string& message) -> absl::StatusOr<std::string> {
      return message;
    };
    plan.make_error_text = [](const absl::Status& error) { return std::string(error.message()); };
    plan.finish_headers = [](HttpHeaders*) {};
    call_ = std::make_shared<RestCall>(*pool_, std::move(plan), answer_);
    call_->OnBodyEnd();
  }

  // Serves the connection's thread until something is so; whether it came to be.
  template <typename Condition>
  bool RunUntil(Condition condition) {
    const absl::Time deadline = absl::Now() + absl::Minutes(1);
    while (!condition() && absl::Now() < deadline) {
      context_.restart();
      context_.run_for(std::chrono::milliseconds(5));
    }
    return condition();
  }

  Backend backend_;
  std::unique_ptr<ChannelPool> pool_;
  boost::asio::io_context context_;
  NotedAnswer answer_{context_};
  std::shared_ptr<RestCall> call_;
};

TEST_F(RestCallTest, BeginsAStreamBeforeItsFirstMessage) {
  Begin(ForEver());
  EXPECT_TRUE(RunUntil([&] { return answer_.is_started; }));
  EXPECT_EQ(answer_.text, "");
}

TEST_F(RestCallTest, BeginsNoStreamForWhomAsksForItsHeadAlone) {
  Begin(ForEver(1), {.is_head_only = true});
  EXPECT_TRUE(answer_.is_ended);
  EXPECT_EQ(answer_.text, "");
}

TEST_F(RestCallTest, EndsTheStoresStreamWhenItsClientGoes) {
  Begin(ForEver(1));
  ASSERT_TRUE(RunUntil([&] { return !answer_.text.empty(); }));
  call_->OnGone();
  EXPECT_TRUE(RunUntil([&] { return backend_.cancelled() == 1; }));
}

TEST_F(RestCallTest, ReadsNoFurtherThanItsClient) {
  constexpr int kMessages = 400;
  Begin(Messages(kMessages, 100000));
  // A stream that is never held back is whole some time; this one is not even half so.
  int before = -1;
  absl::Time moved = absl::Now();
  EXPECT_TRUE(RunUntil([&] {
    if (std::exchange(before, backend_.written()) != before) moved = absl::Now();
    return absl::Now() > moved + absl::Milliseconds(300);
  }));
  EXPECT_LT(backend_.written(), kMessages / 2);
  EXPECT_TRUE(RunUntil([&] {
    answer_.read = answer_.text.size();
    call_->OnDrained();
    return answer_.is_ended;
  }));
  EXPECT_GT(answer_.text.size(), 100000u * kMessages);
}

TEST_F(RestCallTest, EndsWhenTheCallersNameDoes) {
  Begin(ForEver(1), {.expires = absl::Now() + absl::Milliseconds(50)});
  EXPECT_TRUE(RunUntil([&] { return answer_.is_ended; }));
  EXPECT_THAT(answer_.text, HasSubstr("the token has expired"));
  EXPECT_TRUE(RunUntil([&] { return backend_.open() == 0; }));
}

TEST_F(RestCallTest, SaysThatTheGatewayStops) {
  Begin(ForEver(1));
  ASSERT_TRUE(RunUntil([&] { return !answer_.text.empty(); }));
  call_->OnStop();
  EXPECT_TRUE(answer_.is_ended);
  EXPECT_THAT(answer_.text, HasSubstr("the gateway stops"));
}

}  // namespace
}  // namespace usersync::gateway
