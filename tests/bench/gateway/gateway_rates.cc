#include "tests/bench/gateway/gateway_rates.h"

#include <algorithm>
#include <array>
#include <functional>
#include <stdexcept>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/bench/bench_document.h"
#include "tests/bench/gateway/call_load.h"
#include "tests/bench/gateway/echo_store.h"
#include "tests/bench/gateway/node_proxy.h"
#include "tests/bench/report.h"
#include "tests/harness/eventually.h"
#include "tests/harness/gateway.h"
#include "tests/harness/line.h"
#include "tests/harness/must.h"
#include "users/v1/history_service.pb.h"
#include "users/v1/user_service.pb.h"

namespace usersync::tests {
namespace {

constexpr int kConcurrencies[] = {1, 32, 1000};
// The one whose ratios are reported, and of how many rounds.
constexpr int kTypical = 32;
constexpr int kRounds = 5;
// HTTP/2 shares so many connections among all calls.
constexpr int kHttp2Connections = 4;
// Whom a real store is asked for, who has as many versions as the other answers with messages.
constexpr int kUser = 1;

// A way to the store.
struct Way {
  std::string name;
  std::function<std::unique_ptr<CallClient>()> connect;
  bool is_http1 = false;
  // Whose processor time is counted.
  pid_t server = 0;
};

CallRates Measure(const Way& way, const CallLoad& load) {
  const int connections =
      way.is_http1 ? load.concurrent : std::min(load.concurrent, kHttp2Connections);
  ClientSet clients(way.connect, connections);
  return MeasureCalls(clients, load, way.server);
}

CallLoad UnaryLoad(int concurrent, absl::Duration time) {
  users::v1::GetUserRequest request;
  request.set_user_id(BenchUserId(kUser));
  return {.path = "/users.v1.UserService/GetUser",
          .message = request.SerializeAsString(),
          .concurrent = concurrent,
          .warm_up = time / 4,
          .time = time};
}

CallLoad StreamLoad(int concurrent, absl::Duration time) {
  users::v1::StreamHistoryRequest request;
  request.set_user_id(BenchUserId(kUser));
  return {.path = "/users.v1.HistoryService/StreamHistory",
          .message = request.SerializeAsString(),
          .concurrent = concurrent,
          .warm_up = time / 4,
          .time = time};
}

void MeasureUnary(const Way& way, absl::Duration time) {
  for (const int concurrent : kConcurrencies) {
    const CallRates rates = Measure(way, UnaryLoad(concurrent, time));
    const std::string name = absl::StrCat(way.name, "_unary_", concurrent);
    Report(name, rates.calls_per_second, "requests/s");
    Report(name + "_p50", rates.p50_ms, "ms");
    Report(name + "_p99", rates.p99_ms, "ms");
    Report(name + "_cpu", absl::ToDoubleMicroseconds(rates.cpu), "us");
  }
}

void MeasureStreams(const Way& way, absl::Duration time) {
  for (const int concurrent : kConcurrencies) {
    const CallRates rates = Measure(way, StreamLoad(concurrent, time));
    Report(absl::StrCat(way.name, "_stream_", concurrent), rates.messages_per_second, "messages/s");
  }
}

// How many times as many calls go one way as the other. They take turns, so that what else the
// machine does falls on both alike; the median of the rounds.
double Ratio(const Way& way, const Way& other, const CallLoad& load) {
  std::array<double, kRounds> ratios;
  for (double& ratio : ratios) {
    ratio = Measure(way, load).calls_per_second / Measure(other, load).calls_per_second;
  }
  std::nth_element(ratios.begin(), ratios.begin() + kRounds / 2, ratios.end());
  return ratios[kRounds / 2];
}

void ReportRatios(const Way& way, const Way& other, absl::Duration time) {
  Report(absl::StrCat("gateway_unary_to_", other.name),
         Ratio(way, other, UnaryLoad(kTypical, time / kRounds)), "ratio");
  Report(absl::StrCat("gateway_stream_to_", other.name),
         Ratio(way, other, StreamLoad(kTypical, time / kRounds)), "ratio");
}

Way Directly(const std::string& name, const Server& store, int port) {
  return {name, [port] { return ConnectGrpc(port); }, false, store.pid()};
}

Way OverHttp2(const Gateway& gateway) {
  return {"gateway_h2", [port = gateway.http_port()] { return ConnectGrpcWebHttp2(port); }, false,
          gateway.pid()};
}

void MakeHistory(Line& line) {
  const auto client = line.Client();
  for (int edit = 1; edit <= kEchoMessages; ++edit) {
    Must(client->Publish({.subject = "users.update", .payload = BenchDocument(kUser, edit)}));
  }
  Must(client->Flush());
  if (!Eventually([&] { return line.Head() == kEchoMessages && line.IsQuiet(); })) {
    throw std::runtime_error("the line does not come to rest");
  }
}

// The same before a store that reads PostgreSQL.
void MeasureBeforeStore(absl::Duration time) {
  Line line;
  line.Start();
  MakeHistory(line);
  Gateway gateway(line.preparation(), {line.store().address()});
  gateway.Start();
  const Way direct = Directly("direct", line.store(), line.store().port());
  MeasureUnary(direct, time);
  MeasureStreams(direct, time);
  ReportRatios(OverHttp2(gateway), direct, time);
}

}  // namespace

void MeasureGatewayRates(const std::string& peer, absl::Duration time) {
  const Preparation preparation;
  EchoStore store;
  store.Start();
  Gateway gateway(preparation, {store.address()});
  gateway.Start();
  NodeProxy node(peer, store.address(), preparation.LogPath("node"));
  if (!peer.empty()) node.Start();
  const Way echo = Directly("echo", store, store.port());
  const Way http1{"gateway_h1", [&] { return ConnectGrpcWebHttp1(gateway.http_port()); }, true,
                  gateway.pid()};
  const Way http2 = OverHttp2(gateway);
  const Way other{"node", [&] { return ConnectGrpcWebHttp1(node.port()); }, true,
                  peer.empty() ? 0 : node.pid()};
  std::vector<const Way*> ways = {&echo, &http1, &http2};
  if (!peer.empty()) ways.push_back(&other);
  for (const Way* way : ways) {
    MeasureUnary(*way, time);
    MeasureStreams(*way, time);
  }
  ReportRatios(http2, echo, time);
  if (!peer.empty()) ReportRatios(http1, other, time);
  MeasureBeforeStore(time);
}

}  // namespace usersync::tests
