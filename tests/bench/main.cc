// usersync-bench: measures the line against what PostgreSQL does alone, in one run on one
// machine. Prints a line a figure: bench <name> <value> <unit>.
#include <cstdio>
#include <exception>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/options.h"
#include "tests/bench/batched_load.h"
#include "tests/bench/gateway/gateway_rates.h"
#include "tests/bench/gateway/open_streams.h"
#include "tests/bench/latency.h"
#include "tests/bench/log_cost.h"
#include "tests/bench/long_past.h"
#include "tests/bench/naive_load.h"
#include "tests/bench/proof_time.h"
#include "tests/bench/quiet_start.h"
#include "tests/bench/report.h"
#include "tests/bench/throughput.h"

namespace usersync::tests {
namespace {

constexpr char kUsage[] =
    "usersync-bench measures the whole line against PostgreSQL alone, and the gateway against the\n"
    "store and a proxy in node, with servers of its own in a temporary directory.\n"
    "Prints a line a figure: bench <name> <value> <unit>.\n";

struct Settings {
  bool large = false;
  int large_versions = 10000000;
  absl::Duration line_time = absl::Seconds(20);
  absl::Duration warm_up = absl::Seconds(5);
  absl::Duration sql_time = absl::Seconds(4);
  int samples = 500;
  int users = 1000;
  bool gateway_only = false;
  bool streams_only = false;
  std::string peer;
  absl::Duration gateway_time = absl::Seconds(2);
  int streams = 1000;
};

LineLoad LoadOf(const Settings& settings) {
  return {.warm_up = settings.warm_up,
          .time = settings.line_time,
          .publisher = {.users = settings.users}};
}

// All in one PostgreSQL, so that everything is measured under the same conditions. Returns the
// changes per second of the line.
double MeasureRates(const Settings& settings) {
  Line line;
  line.StartServers();
  line.Migrate();
  const double naive = MeasureNaive(line, settings.users, settings.sql_time);
  Report("naive", naive, "changes/s");
  const double batched = MeasureBatched(line, settings.users, settings.sql_time);
  Report("batched", batched, "changes/s");
  StartQuietly(line);
  const LogCost log_cost(line);
  line.StartServices();
  const Throughput throughput = MeasureThroughput(line, LoadOf(settings));
  const double rate = throughput.changes_per_second;
  Report("line", rate, "changes/s");
  Report("line_to_naive", rate / naive, "ratio");
  Report("line_to_batched", rate / batched, "ratio");
  for (const auto& [process, time] : throughput.cpu_per_change) {
    Report(absl::StrCat("cpu_", process), absl::ToDoubleMicroseconds(time), "us");
  }
  Report("log_cost", log_cost.Fraction(), "fraction");
  return rate;
}

void MeasureLoneUpdates(const Settings& settings) {
  Line line;
  line.Start();
  const Latency latency = MeasureLatency(line, settings.samples);
  Report("receipt_p50", QuantileMs(latency.receipt, 0.50), "ms");
  Report("receipt_p99", QuantileMs(latency.receipt, 0.99), "ms");
  Report("broadcast_p50", QuantileMs(latency.broadcast, 0.50), "ms");
  Report("broadcast_p99", QuantileMs(latency.broadcast, 0.99), "ms");
}

void MeasureLarge(const Settings& settings, double line_rate) {
  Line line;
  line.StartServers();
  line.Migrate();
  StartWithLongPast(line, settings.large_versions);
  StartQuietly(line);
  const double rate = MeasureThroughput(line, LoadOf(settings)).changes_per_second;
  Report("large", rate, "changes/s");
  Report("large_to_line", rate / line_rate, "ratio");
  Report("proof_p50", QuantileMs(TimeProofs(line, settings.samples), 0.50), "ms");
}

void MeasureGateway(const Settings& settings) {
  if (!settings.streams_only) MeasureGatewayRates(settings.peer, settings.gateway_time);
  const OpenStreams streams = MeasureOpenStreams(settings.streams, settings.samples / 25 + 1);
  Report("idle_stream_kb", streams.http2_kb, "kB");
  Report("idle_stream_h1_kb", streams.http1_kb, "kB");
  Report("idle_stream_tls_kb", streams.http2_tls_kb, "kB");
  Report("idle_stream_h1_tls_kb", streams.http1_tls_kb, "kB");
  Report(absl::StrCat("fanout_", settings.streams, "_ms"), streams.fanout_ms, "ms");
}

void MeasureLine(const Settings& settings) {
  const double line_rate = MeasureRates(settings);
  MeasureLoneUpdates(settings);
  if (settings.large) MeasureLarge(settings, line_rate);
}

int Main(int argc, char** argv) {
  Settings settings;
  OptionSet set("usersync-bench", kUsage);
  set.Add("large", &settings.large, "Also measure with many versions already there.");
  set.Add("large-versions", &settings.large_versions, 100, 2000000000, "How many that are.");
  set.Add("line-time", &settings.line_time, "How long the line is measured.");
  set.Add("warm-up", &settings.warm_up, "How long it runs before that.");
  set.Add("sql-time", &settings.sql_time, "How long each way to use PostgreSQL is tried.");
  set.Add("samples", &settings.samples, 1, 1000000, "How many lone updates are timed.");
  set.Add("users", &settings.users, 2, 1000000, "How many users are edited.");
  set.Add("gateway-only", &settings.gateway_only, "Leave out all but the gateway.");
  set.Add("streams-only", &settings.streams_only, "Leave out all but its open streams.");
  set.Add("gateway-time", &settings.gateway_time, "How long each way through it is measured.");
  set.Add("streams", &settings.streams, 1, 1000, "How many watchers are open at once.");
  set.Add("peer", &settings.peer, "The script of the proxy in node; empty: it is left out.");
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
  if (!settings.gateway_only && !settings.streams_only) MeasureLine(settings);
  MeasureGateway(settings);
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
