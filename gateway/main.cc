// usersync-gateway: see kUsage.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "common/health_command.h"
#include "common/log.h"
#include "common/options.h"
#include "common/serve.h"
#include "gateway/file_limit.h"
#include "gateway/gateway.h"

// jemalloc's settings: what was freed goes back to the system after a second, also while nothing
// happens, and few arenas keep little for themselves. It reads this before main().
extern "C" const char* malloc_conf;
const char* malloc_conf = "narenas:2,dirty_decay_ms:1000,background_thread:true";

namespace usersync::gateway {
namespace {

constexpr char kUsage[] =
    "usersync-gateway is the front door: gRPC-Web over HTTP/1.1 and HTTP/2 for browsers, and "
    "gRPC.\n\n"
    "  usersync-gateway serve   serves until SIGTERM\n"
    "  usersync-gateway health  says whether the one that serves here is healthy\n";

struct Settings {
  std::string store_addr = "127.0.0.1:50052";
  std::string allowed_hosts;
  std::string allowed_origins = "http://localhost:3000,http://127.0.0.1:3000";
  std::string log_level = "info";
};

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "usersync-gateway: %s\n", std::string(status.message()).c_str());
  return absl::IsInvalidArgument(status) ? 2 : 1;
}

// Connections that would leave nothing for the stores, files and the rest are refused.
constexpr int kFilesOfOurOwn = 256;

int Serve(StopSignal& stop, Gateway::Options options) {
  const int files = static_cast<int>(std::min<size_t>(RaiseFileLimit(), 1 << 30));
  options.limits.most_connections =
      std::max(1, std::min(options.limits.most_connections, files - kFilesOfOurOwn));
  auto gateway = Gateway::Start(options);
  if (!gateway.ok()) return Fail(gateway.status());
  spdlog::info("serving HTTP on {0}:{1}, HTTPS on port {2}, gRPC on {0}:{3}", options.host,
               (*gateway)->http_port(), (*gateway)->https_port(), (*gateway)->grpc_port());
  stop.Wait();
  spdlog::info("stopping: finishing what was begun");
  gateway->reset();
  spdlog::info("stopped");
  return 0;
}

int Main(int argc, char** argv) {
  StopSignal stop;
  // Debian builds Abseil so that each lock of gRPC's is looked up in a graph of all locks.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  Gateway::Options options;
  Settings settings;
  OptionSet set("usersync-gateway", kUsage);
  set.Add("gateway-host", &options.host, "The address to listen on.");
  set.Add("beyond-loopback", &options.beyond_loopback,
          "Listen there although nobody authenticates: whoever reaches it may read and write.");
  set.Add("gateway-http-port", &options.http_port, 0, 65535, "The port of HTTP.");
  set.Add("gateway-https-port", &options.https_port, 0, 65535,
          "The port of HTTP over TLS, if there is a certificate.");
  set.Add("tls-cert", &options.tls.certificate,
          "The certificate towards clients and those it hangs on (PEM), read again on change.");
  set.Add("tls-key", &options.tls.key, "Its private key (PEM).");
  set.Add("gateway-grpc-port", &options.grpc_port, 0, 65535, "The port of native gRPC.");
  set.Add("gateway-metrics-port", &options.metrics_port, 0, 65535,
          "The loopback port of GET /metrics; 0: none.");
  set.Add("most-connections", &options.limits.most_connections, 1, 1000000,
          "How many HTTP connections may be open at once.");
  set.Add("gateway-threads", &options.threads, 1, 256, "How many threads serve HTTP.");
  set.Add("store-addr", &settings.store_addr, "host:port of each store, separated by commas.");
  set.Add("secrets-dir", &options.secrets_dir, "Where gateway.token is.");
  set.Add("store-ca", &options.store_tls.authority,
          "Who signs the stores' certificates: calls to them are then encrypted.");
  set.Add("client-cert", &options.store_tls.certificate,
          "What the stores know the gateway by then: a certificate for usersync://gateway.");
  set.Add("client-key", &options.store_tls.key, "Its private key.");
  AddJwtOptions(set, options.jwt);
  set.Add("allowed-hosts", &settings.allowed_hosts,
          "Host names to answer to, besides those of loopback, separated by commas.");
  set.Add("allowed-origins", &settings.allowed_origins,
          "Origins whose pages may call, besides the gateway's own, separated by commas; such as "
          "https://users.example:8443.");
  set.Add("page-dir", &options.page_dir, "Where the built page is, if the gateway is to serve it.");
  set.Add("nats-ws-url", &options.page_config.nats_ws_url,
          "Where pages reach NATS over WebSocket.");
  set.Add("gateway-url", &options.page_config.gateway_url,
          "Where pages reach the gateway; default: loopback and its port.");
  set.Add("gateway-tls-url", &options.page_config.gateway_tls_url,
          "The same with TLS; default: loopback and its port.");
  set.Add("calls-per-actor", &options.calls_per_actor, 1, 1000000,
          "How many calls an actor may have open at once, streams included.");
  set.Add("drain-timeout", &options.drain_timeout, "How long calls may go on after SIGTERM.");
  set.Add("log-level", &settings.log_level, "trace, debug, info, warning, error or off.");
  std::string answer;
  const auto words = set.Parse(argc, argv, &answer);
  if (!words.ok()) return Fail(words.status());
  if (!answer.empty()) {
    std::fputs(answer.c_str(), stdout);
    return 0;
  }
  InitLog("usersync-gateway", settings.log_level);
  options.stores = absl::StrSplit(settings.store_addr, ',', absl::SkipEmpty());
  options.allowed_hosts = absl::StrSplit(settings.allowed_hosts, ',', absl::SkipEmpty());
  options.allowed_origins = absl::StrSplit(settings.allowed_origins, ',', absl::SkipEmpty());
  if (*words == std::vector<std::string>{"health"}) return AskHealth(options.metrics_port);
  if (*words == std::vector<std::string>{"serve"}) return Serve(stop, options);
  return Fail(absl::InvalidArgumentError("commands: serve, health; --help"));
}

}  // namespace
}  // namespace usersync::gateway

int main(int argc, char** argv) { return usersync::gateway::Main(argc, argv); }
