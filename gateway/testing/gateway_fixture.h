// A gateway in this process before a store's stand-in, with ports and secrets of its own.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "common/testing/can_serve.h"
#include "gateway/gateway.h"
#include "gateway/testing/backend.h"

namespace usersync::gateway {

// A folder with a token, gone with the test.
class Secrets {
 public:
  Secrets() {
    char path[] = "/tmp/gateway-test-XXXXXX";
    path_ = mkdtemp(path);
    std::ofstream(path_ + "/gateway.token") << "the-token\n";
  }
  ~Secrets() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class GatewayFixture : public testing::Test {
 protected:
  void SetUp() override {
    if (!kCanServe) GTEST_SKIP() << "no gRPC server under ThreadSanitizer";
    backend_.Start();
    auto gateway = Gateway::Start(Options());
    ASSERT_TRUE(gateway.ok()) << gateway.status();
    gateway_ = *std::move(gateway);
  }

  // What SetUp starts it with.
  virtual Gateway::Options Options() {
    return {.http_port = 0,
            .grpc_port = 0,
            .metrics_port = 0,
            .stores = {backend_.address()},
            .page_config = {.nats_ws_url = "ws://nats.test"},
            .secrets_dir = secrets_.path(),
            .allowed_origins = {"http://page.test"},
            .drain_timeout = absl::Seconds(1),
            .more_services = {"/grpc.testing.TestService/"}};
  }

  // Waits until something is so; whether it came to be.
  template <typename Condition>
  static bool Eventually(Condition condition, absl::Duration patience = absl::Minutes(1)) {
    const absl::Time deadline = absl::Now() + patience;
    while (!condition()) {
      if (absl::Now() > deadline) return false;
      absl::SleepFor(absl::Milliseconds(5));
    }
    return true;
  }

  // Waits until a stream moves no more; how many messages the store's side has written by then.
  int WrittenWhenItStands() {
    int before = -1;
    while (before != backend_.written()) {
      before = backend_.written();
      absl::SleepFor(absl::Milliseconds(300));
    }
    return before;
  }

  Secrets secrets_;
  Backend backend_;
  std::unique_ptr<Gateway> gateway_;
};

}  // namespace usersync::gateway
