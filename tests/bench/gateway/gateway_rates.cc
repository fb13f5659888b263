#include "tests/bench/gateway/gateway_rates.h"

#include <algorithm>
#include <functional>
#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/bench/gateway/call_load.h"
#include "tests/bench/gateway/echo_store.h"
#include "tests/bench/gateway/node_proxy.h"
#include "tests/bench/report.h"
#include "tests/harness/gateway.h"
#include "users/v1/user_service.pb.h"

namespace usersync::tests {
namespace {

constexpr int kConcurrencies[] = {1, 32, 1000};
// The one whose ratios are reported.
constexpr int kTypical = 32;
// HTTP/2 shares so many connections among all calls.
constexpr int kHttp2Connections = 4;

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

// Returns the calls per second at the typical concurrency.
double MeasureUnary(const Way& way, absl::Duration time) {
  double typical = 0;
  for (const int concurrent : kConcurrencies) {
    users::v1::GetUserRequest request;
    request.set_user_id("ann");
    const CallRates rates = Measure(way, {.path = "/users.v1.UserService/GetUser",
                                          .message = request.SerializeAsString(),
                                          .concurrent = concurrent,
                                          .warm_up = time / 4,
                                          .time = time});
    const std::string name = absl::StrCat(way.name, "_unary_", concurrent);
    Report(name, rates.calls_per_second, "requests/s");
    Report(name + "_p50", rates.p50_ms, "ms");
    Report(name + "_p99", rates.p99_ms, "ms");
    Report(name + "_cpu", absl::ToDoubleMicroseconds(rates.cpu), "us");
    if (concurrent == kTypical) typical = rates.calls_per_second;
  }
  return typical;
}

double MeasureStreams(const Way& way, absl::Duration time) {
  double typical = 0;
  for (const int concurrent : kConcurrencies) {
    const CallRates rates = Measure(way, {.path = "/users.v1.HistoryService/StreamHistory",
                                          .concurrent = concurrent,
                                          .warm_up = time / 4,
                                          .time = time});
    Report(absl::StrCat(way.name, "_stream_", concurrent), rates.messages_per_second, "messages/s");
    if (concurrent == kTypical) typical = rates.messages_per_second;
  }
  return typical;
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
  std::vector<Way> ways = {
      {"direct", [&] { return ConnectGrpc(store.port()); }, false, store.pid()},
      {"gateway_h1", [&] { return ConnectGrpcWebHttp1(gateway.http_port()); }, true, gateway.pid()},
      {"gateway_h2", [&] { return ConnectGrpcWebHttp2(gateway.http_port()); }, false,
       gateway.pid()}};
  if (!peer.empty()) {
    ways.push_back({"node", [&] { return ConnectGrpcWebHttp1(node.port()); }, true, node.pid()});
  }
  std::map<std::string, double> unary;
  std::map<std::string, double> streams;
  for (const Way& way : ways) {
    unary[way.name] = MeasureUnary(way, time);
    streams[way.name] = MeasureStreams(way, time);
  }
  Report("gateway_unary_to_direct", unary["gateway_h2"] / unary["direct"], "ratio");
  Report("gateway_stream_to_direct", streams["gateway_h2"] / streams["direct"], "ratio");
  if (peer.empty()) return;
  Report("gateway_unary_to_node", unary["gateway_h1"] / unary["node"], "ratio");
  Report("gateway_stream_to_node", streams["gateway_h1"] / streams["node"], "ratio");
}

}  // namespace usersync::tests
