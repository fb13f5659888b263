#include "common/health_command.h"

#include <gtest/gtest.h>

#include "common/metrics_server.h"

namespace usersync {
namespace {

TEST(HealthCommand, EndsAsTheServiceSays) {
  Metrics metrics;
  absl::Status health;
  auto server = MetricsServer::Start(0, metrics, [&health] { return health; });
  ASSERT_TRUE(server.ok()) << server.status();
  const int port = (*server)->port();
  EXPECT_EQ(AskHealth(port), 0);
  health = absl::UnavailableError("the database is away");
  testing::internal::CaptureStderr();
  EXPECT_EQ(AskHealth(port), 1);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "the database is away\n");
  server->reset();
  EXPECT_EQ(AskHealth(port), 1);
}

}  // namespace
}  // namespace usersync
