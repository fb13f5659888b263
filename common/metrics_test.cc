#include "common/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace usersync {
namespace {

using testing::HasSubstr;

TEST(Metrics, TellsCountersAndGaugesInThePrometheusFormat) {
  Counter changes;
  changes.Add();
  changes.Add(41);
  Metrics metrics;
  metrics.Add("usersync_changes_total", "Changes committed.", changes);
  metrics.AddGauge("usersync_watchers", "Streams open.", [] { return 3; });
  EXPECT_EQ(metrics.Text(),
            "# HELP usersync_changes_total Changes committed.\n"
            "# TYPE usersync_changes_total counter\n"
            "usersync_changes_total 42\n"
            "# HELP usersync_watchers Streams open.\n"
            "# TYPE usersync_watchers gauge\n"
            "usersync_watchers 3\n");
}

TEST(Metrics, ABucketCountsAllThatTookAtMostItsEdge) {
  Stopwatch commits;
  commits.Add(absl::Microseconds(500));
  commits.Add(absl::Milliseconds(3));
  commits.Add(absl::Seconds(20));
  Metrics metrics;
  metrics.Add("commit_seconds", "Time of a commit.", commits);
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("# TYPE commit_seconds histogram\n"));
  EXPECT_THAT(text, HasSubstr("commit_seconds_bucket{le=\"0.0005\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("commit_seconds_bucket{le=\"0.0025\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("commit_seconds_bucket{le=\"0.005\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("commit_seconds_bucket{le=\"10\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("commit_seconds_bucket{le=\"+Inf\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("commit_seconds_sum 20.0035\n"));
  EXPECT_THAT(text, HasSubstr("commit_seconds_count 3\n"));
}

}  // namespace
}  // namespace usersync
