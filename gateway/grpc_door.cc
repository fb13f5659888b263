#include "gateway/grpc_door.h"

#include <grpcpp/ext/health_check_service_server_builder_option.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <set>
#include <thread>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/mutex.h"
#include "common/status.h"
#include "gateway/grpc_relay.h"
#include "gateway/grpc_web_call.h"
#include "gateway/http1_head.h"
#include "gateway/request_id.h"
#include "gateway/served_reflection.h"

namespace usersync::gateway {
namespace {

// How long calls that are asked to end may take over it.
constexpr absl::Duration kLastWord = absl::Seconds(2);
constexpr int kMostStreams = 1000;
constexpr size_t kMostMessageBytes = GrpcWebCall::Options().most_message_bytes;
constexpr int kHandshakeMs = 10000;
// A peer that is gone without a word is asked after half a minute of silence.
constexpr int kKeepaliveMs = 30000;
constexpr int kKeepaliveTimeoutMs = 10000;
// How often a client may ask the same of us.
constexpr int kLeastPingIntervalMs = 5000;
// How far a client may be ahead of what is read of its requests. Left to itself, gRPC makes this as
// large as the network is fast.
constexpr int kMostAheadBytes = 256 << 10;

// Answers a call that is not carried on.
class Refusal final : public grpc::ServerGenericBidiReactor {
 public:
  explicit Refusal(const absl::Status& status) { Finish(ToGrpc(status)); }
  void OnDone() override { delete this; }
};

// Metadata as a client of HTTP would have written it, so that the same rules read it.
HttpHeaders HeadersOf(const grpc::GenericCallbackServerContext& context) {
  HttpHeaders headers;
  for (auto& [name, value] : Copy(context.client_metadata())) {
    const bool is_binary = absl::EndsWith(name, "-bin");
    headers.Add(name, is_binary ? absl::Base64Escape(value) : value);
  }
  return headers;
}

class Service final : public grpc::CallbackGenericService {
 public:
  Service(const EntryRules& entry, const CallRules& rules, ChannelPool& pool)
      : entry_(entry), rules_(rules), pool_(pool) {}

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    HttpHeaders headers = HeadersOf(*context);
    const std::string request_id = RequestIdOf(headers);
    headers.Set(kRequestId, request_id);
    context->AddInitialMetadata(kRequestId, request_id);
    const auto caller = Admit(*context, headers);
    if (!caller.ok()) return new Refusal(caller.status());
    // It may end before this has returned.
    MutexLock lock(mutex_);
    auto* const relay = new GrpcRelay(*context, *caller, pool_, OptionsOf(context->method()),
                                      [this](GrpcRelay* ended) {
                                        MutexLock lock(mutex_);
                                        relays_.erase(ended);
                                        changed_.NotifyAll();
                                      });
    relays_.insert(relay);
    return relay;
  }

  // Waits until no call is carried on, and asks those to end that still are after `patience`.
  void Drain(absl::Duration patience) {
    const absl::Time deadline = absl::Now() + patience;
    MutexLock lock(mutex_);
    while (!relays_.empty() && absl::Now() < deadline) changed_.WaitUntil(mutex_, deadline);
    for (GrpcRelay* const relay : relays_) relay->Stop();
  }

 private:
  GrpcRelay::Options OptionsOf(const std::string& method) const {
    if (!IsReflection(method)) return {.most_message_bytes = kMostMessageBytes};
    return {.most_message_bytes = kMostMessageBytes,
            .edit = [this](grpc::ByteBuffer* answer) { HideUnserved(rules_, answer); }};
  }

  // What is 421 and 403 where HTTP is spoken is PERMISSION_DENIED here.
  absl::StatusOr<Caller> Admit(const grpc::GenericCallbackServerContext& context,
                               const HttpHeaders& headers) const {
    if (!entry_.hosts.Allows(context.host())) return absl::PermissionDeniedError(kWrongHost);
    if (entry_.pages.Refuses(headers)) return absl::PermissionDeniedError(kWrongOrigin);
    return rules_.Admit(context.method(), headers);
  }

  const EntryRules& entry_;
  const CallRules& rules_;
  ChannelPool& pool_;
  Mutex mutex_;
  CondVar changed_;
  std::set<GrpcRelay*> relays_ GUARDED_BY(mutex_);
};

class RunningDoor final : public GrpcDoor {
 public:
  RunningDoor(const EntryRules& entry, const CallRules& rules, ChannelPool& pool)
      : service_(entry, rules, pool) {}

  absl::Status Open(const std::string& host, int port) {
    grpc::ServerBuilder builder;
    // Two servers must never share a port unnoticed.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMostStreams);
    builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, static_cast<int>(kMostHeadBytes));
    builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeMs);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                               kLeastPingIntervalMs);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, kMostAheadBytes);
    builder.SetMaxReceiveMessageSize(static_cast<int>(kMostMessageBytes));
    // The relay does it, up to a limit.
    builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
    // Health is the store's.
    builder.SetOption(std::make_unique<grpc::HealthCheckServiceServerBuilderOption>(nullptr));
    builder.RegisterCallbackGenericService(&service_);
    builder.AddListeningPort(absl::StrCat(host, ":", port), grpc::InsecureServerCredentials(),
                             &port_);
    server_ = builder.BuildAndStart();
    if (server_ != nullptr && port_ != 0) return absl::OkStatus();
    return absl::FailedPreconditionError(
        absl::StrCat("cannot listen on ", host, ":", port, " for gRPC: in use?"));
  }

  void Drain(absl::Duration patience) override {
    std::thread calls([&] { service_.Drain(patience); });
    server_->Shutdown(absl::ToChronoTime(absl::Now() + patience + kLastWord));
    calls.join();
  }

  int port() const override { return port_; }

 private:
  Service service_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<GrpcDoor>> GrpcDoor::Listen(const std::string& host, int port,
                                                           const EntryRules& entry,
                                                           const CallRules& rules,
                                                           ChannelPool& pool) {
  auto door = std::make_unique<RunningDoor>(entry, rules, pool);
  if (auto status = door->Open(host, port); !status.ok()) return status;
  return door;
}

}  // namespace usersync::gateway
