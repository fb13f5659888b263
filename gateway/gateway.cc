#include "gateway/gateway.h"

#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/loopback.h"
#include "common/metrics_server.h"
#include "gateway/call_rules.h"
#include "gateway/channel_pool.h"
#include "gateway/connection_set.h"
#include "gateway/entry_rules.h"
#include "gateway/front_door.h"
#include "gateway/grpc_door.h"
#include "gateway/identity.h"
#include "gateway/io_threads.h"
#include "gateway/listener.h"

namespace usersync::gateway {
namespace {

// Empty where the stores know the gateway by its certificate.
absl::StatusOr<std::string> ReadToken(const Gateway::Options& options) {
  if (!options.store_tls.empty()) return "";
  const std::string path = absl::StrCat(options.secrets_dir, "/gateway.token");
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return absl::InvalidArgumentError(absl::StrCat("cannot read ", path, " (--secrets-dir)"));
  }
  std::stringstream text;
  text << file.rdbuf();
  return std::string(absl::StripAsciiWhitespace(text.str()));
}

absl::Status NotBeyondLoopback() {
  return absl::InvalidArgumentError(
      "--gateway-host must be a loopback address, unless callers authenticate (--jwt-jwks or "
      "--jwt-key) or --beyond-loopback is given: whoever reaches it may then read and write");
}

FrontDoor::Options DoorOptions(const Gateway::Options& options) {
  PageConfig page = options.page_config;
  if (page.gateway_url.empty()) {
    page.gateway_url = absl::StrCat("http://127.0.0.1:", options.http_port);
  }
  if (page.gateway_tls_url.empty() && !options.tls.certificate.empty()) {
    page.gateway_tls_url = absl::StrCat("https://127.0.0.1:", options.https_port);
  }
  return {.page_config = std::move(page), .page_dir = options.page_dir};
}

class RunningGateway final : public Gateway {
 public:
  RunningGateway(const Options& options, EntryRules entry, std::string token,
                 std::unique_ptr<const JwtVerifier> verifier,
                 std::shared_ptr<grpc::ChannelCredentials> credentials)
      : options_(options),
        entry_(std::move(entry)),
        identity_(std::move(token), std::move(verifier)),
        pool_({.addresses = options.stores, .credentials = std::move(credentials)}),
        rules_(identity_, options.calls_per_actor, options.more_services),
        door_(DoorOptions(options), entry_, pool_, rules_),
        connections_(static_cast<size_t>(options_.limits.most_connections)),
        reception_{connections_, door_, options_.limits},
        threads_(options.threads) {}

  absl::Status Listen() {
    if (auto status = StartMetrics(); !status.ok()) return status;
    if (auto status = ListenTls(); !status.ok()) return status;
    auto grpc = GrpcDoor::Listen(options_.host, options_.grpc_port, entry_, rules_, pool_);
    if (!grpc.ok()) return grpc.status();
    grpc_ = *std::move(grpc);
    // Last: whoever is told there that all is well finds the other ports open.
    auto http = Listener::Listen(options_.host, options_.http_port, threads_, reception_, nullptr);
    if (!http.ok()) return http.status();
    http_ = *std::move(http);
    return absl::OkStatus();
  }

  ~RunningGateway() override {
    metrics_server_.reset();
    http_.reset();
    https_.reset();
    // At once, so that both have all the time there is.
    std::thread drain([this] {
      if (grpc_ != nullptr) grpc_->Drain(options_.drain_timeout);
    });
    connections_.Drain(options_.drain_timeout);
    drain.join();
    // gRPC still has hold of calls that were cancelled, and they of our threads.
    pool_.AwaitNone();
  }

  int http_port() const override { return http_->port(); }
  int https_port() const override { return https_ == nullptr ? 0 : https_->port(); }
  int grpc_port() const override { return grpc_->port(); }

 private:
  absl::Status ListenTls() {
    if (options_.tls.certificate.empty()) return absl::OkStatus();
    auto tls = TlsContext::Read(options_.tls);
    if (!tls.ok()) return tls.status();
    tls_ = *std::move(tls);
    auto https =
        Listener::Listen(options_.host, options_.https_port, threads_, reception_, tls_.get());
    if (!https.ok()) return https.status();
    https_ = *std::move(https);
    return absl::OkStatus();
  }

  absl::Status StartMetrics() {
    if (options_.metrics_port == 0) return absl::OkStatus();
    metrics_.AddGauge("usersync_gateway_connections", "HTTP connections that are open.",
                      [this] { return static_cast<double>(connections_.size()); });
    metrics_.Add("usersync_gateway_requests_total", "HTTP requests that came.", door_.requests());
    auto server = MetricsServer::Start(options_.metrics_port, metrics_, absl::OkStatus);
    if (!server.ok()) return server.status();
    metrics_server_ = *std::move(server);
    return absl::OkStatus();
  }

  const Options options_;
  const EntryRules entry_;
  const Identity identity_;
  ChannelPool pool_;
  const CallRules rules_;
  FrontDoor door_;
  ConnectionSet connections_;
  const Reception reception_;
  Metrics metrics_;
  IoThreads threads_;
  std::unique_ptr<TlsContext> tls_;
  std::unique_ptr<Listener> http_;
  std::unique_ptr<Listener> https_;
  std::unique_ptr<GrpcDoor> grpc_;
  std::unique_ptr<MetricsServer> metrics_server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Start(const Options& options) {
  auto entry = EntryRules::Make({.hosts = options.allowed_hosts,
                                 .origins = options.allowed_origins,
                                 .http_port = options.http_port,
                                 .https_port = options.https_port});
  if (!entry.ok()) return entry.status();
  auto token = ReadToken(options);
  if (!token.ok()) return token.status();
  auto verifier = MakeJwtVerifier(options.jwt);
  if (!verifier.ok()) return verifier.status();
  auto credentials = MakeChannelCredentials(options.store_tls);
  if (!credentials.ok()) return credentials.status();
  if (*verifier == nullptr && !options.beyond_loopback && !IsLoopback(options.host)) {
    return NotBeyondLoopback();
  }
  auto gateway = std::make_unique<RunningGateway>(options, *std::move(entry), *std::move(token),
                                                  *std::move(verifier), *std::move(credentials));
  if (auto status = gateway->Listen(); !status.ok()) return status;
  return gateway;
}

}  // namespace usersync::gateway
