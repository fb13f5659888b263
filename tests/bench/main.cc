// usersync-bench: measures the line against what PostgreSQL does alone, in one run on one
// machine. Prints a line a figure: bench <name> <value> <unit>.
#include <cstdio>
#include <exception>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/options.h"
#include "tests/bench/large.h"
#include "tests/bench/line_load.h"
#include "tests/bench/report.h"
#include "tests/bench/sql_load.h"

namespace usersync::tests {
namespace {

constexpr char kUsage[] =
    "usersync-bench measures the whole line, with servers of its own in a temporary directory.\n";

struct Settings {
  bool large = false;
  int large_versions = 10000000;
  absl::Duration line_time = absl::Seconds(20);
  absl::Duration sql_time = absl::Seconds(4);
  int samples = 500;
  int users = 1000;
};

void ReportLine(const Throughput& line, double naive, double batched) {
  Report("line", line.changes_per_second, "changes/s");
  Report("line_to_naive", line.changes_per_second / naive, "ratio");
  Report("line_to_batched", line.changes_per_second / batched, "ratio");
  for (const auto& [process, time] : line.cpu_per_change) {
    Report(absl::StrCat("cpu_", process), absl::ToDoubleMicroseconds(time), "us/change");
  }
}

void Measure(const Settings& settings) {
  const LineLoad load{.time = settings.line_time, .users = settings.users};
  Throughput small;
  {
    Line line;
    line.StartServers();
    line.Migrate();
    const SqlLoad sql{.time = settings.sql_time, .users = settings.users};
    const double naive = MeasureNaive(line, sql);
    Report("naive", naive, "changes/s");
    const double batched = MeasureBatched(line, sql);
    Report("batched", batched, "changes/s");
    line.StartServices();
    small = MeasureThroughput(line, load);
    ReportLine(small, naive, batched);
  }
  {
    Line line;
    line.Start();
    const Latency latency = MeasureLatency(line, settings.samples);
    Report("receipt_p50", QuantileMs(latency.receipt, 0.50), "ms");
    Report("receipt_p99", QuantileMs(latency.receipt, 0.99), "ms");
    Report("broadcast_p50", QuantileMs(latency.broadcast, 0.50), "ms");
    Report("broadcast_p99", QuantileMs(latency.broadcast, 0.99), "ms");
  }
  if (!settings.large) return;
  Line line;
  line.StartServers();
  line.Migrate();
  FillWithVersions(line, settings.large_versions);
  line.StartServices();
  const Throughput large = MeasureThroughput(line, load);
  Report("large", large.changes_per_second, "changes/s");
  Report("large_to_line", large.changes_per_second / small.changes_per_second, "ratio");
}

int Main(int argc, char** argv) {
  Settings settings;
  OptionSet set("usersync-bench", kUsage);
  set.Add("large", &settings.large, "Also measure with many versions already there.");
  set.Add("large-versions", &settings.large_versions, 100, 1000000000, "How many that are.");
  set.Add("line-time", &settings.line_time, "How long the line is measured.");
  set.Add("sql-time", &settings.sql_time, "How long each way to use PostgreSQL is tried.");
  set.Add("samples", &settings.samples, 1, 1000000, "How many lone updates are timed.");
  set.Add("users", &settings.users, 2, 1000000, "How many users are edited.");
  std::string answer;
  const auto words = set.Parse(argc, argv, &answer);
  if (!words.ok() || !words->empty()) {
    std::fprintf(stderr, "usersync-bench: %s\n",
                 words.ok() ? "takes no commands; see --help"
                            : std::string(words.status().message()).c_str());
    return 2;
  }
  if (!answer.empty()) {
    std::fputs(answer.c_str(), stdout);
    return 0;
  }
  Measure(settings);
  return 0;
}

}  // namespace
}  // namespace usersync::tests

int main(int argc, char** argv) {
  try {
    return usersync::tests::Main(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "usersync-bench: %s\n", error.what());
    return 1;
  }
}
