#include "common/metrics_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "absl/strings/str_cat.h"

namespace usersync {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class MetricsServerTest : public testing::Test {
 protected:
  MetricsServerTest() {
    counter_.Add(7);
    metrics_.Add("usersync_things_total", "Things.", counter_);
    auto server = MetricsServer::Start(0, metrics_, [this] { return health_; });
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  // Sends the bytes and reads until the server hangs up.
  std::string Exchange(const std::string& bytes) {
    asio::io_context context;
    tcp::socket caller(context);
    caller.connect(tcp::endpoint(asio::ip::address_v4::loopback(), server_->port()));
    asio::write(caller, asio::buffer(bytes));
    std::string answer;
    boost::system::error_code end;
    asio::read(caller, asio::dynamic_buffer(answer), end);
    return answer;
  }

  std::string Get(const std::string& path, const std::string& host = "127.0.0.1:9464") {
    return Exchange(absl::StrCat("GET ", path, " HTTP/1.1\r\nHost: ", host, "\r\n\r\n"));
  }

  Counter counter_;
  Metrics metrics_;
  absl::Status health_;
  std::unique_ptr<MetricsServer> server_;
};

TEST_F(MetricsServerTest, AnswersWithTheNumbers) {
  const std::string answer = Get("/metrics");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
  EXPECT_THAT(answer, EndsWith("\nusersync_things_total 7\n"));
}

TEST_F(MetricsServerTest, AnswersNobodyWhoCallsItByAnotherName) {
  EXPECT_THAT(Get("/metrics", "evil.example"), StartsWith("HTTP/1.1 421 "));
  EXPECT_THAT(Get("/metrics", "localhost"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(MetricsServerTest, SaysWhetherTheServiceIsHealthy) {
  EXPECT_THAT(Get("/healthz"), AllOf(StartsWith("HTTP/1.1 200 "), EndsWith("healthy\n")));
  health_ = absl::UnavailableError("the database is away");
  EXPECT_THAT(Get("/healthz"),
              AllOf(StartsWith("HTTP/1.1 503 "), EndsWith("the database is away\n")));
}

TEST_F(MetricsServerTest, HasNothingElse) {
  EXPECT_THAT(Get("/"), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(Exchange("POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"),
              StartsWith("HTTP/1.1 405 "));
}

TEST_F(MetricsServerTest, HangsUpOnGarbageAndServesTheNext) {
  EXPECT_EQ(Exchange("\x16\x03\x01garbage\r\n\r\n"), "");
  EXPECT_THAT(Get("/metrics"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(MetricsServerTest, SaysThatThePortIsTaken) {
  const auto second = MetricsServer::Start(server_->port(), metrics_, absl::OkStatus);
  EXPECT_TRUE(absl::IsFailedPrecondition(second.status()));
  EXPECT_THAT(std::string(second.status().message()),
              HasSubstr(absl::StrCat("127.0.0.1:", server_->port())));
}

}  // namespace
}  // namespace usersync
