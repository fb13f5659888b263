#include "tests/harness/store_stub.h"

#include <grpcpp/create_channel.h>

#include "absl/time/clock.h"

namespace usersync::tests {
namespace {

// The least backoff is also the most that one try to connect may take, on a busy machine too.
constexpr int kMostConnectMs = 10000;

// Its own connection, which comes back at once after the store was killed.
std::shared_ptr<grpc::Channel> MakeChannel(const StoreStub::Options& options) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kMostConnectMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 500);
  arguments.SetMaxReceiveMessageSize(-1);
  // What a caller does not read stays with the store: the window does not grow.
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  return grpc::CreateCustomChannel(options.address, options.credentials, arguments);
}

}  // namespace

StoreStub::StoreStub(const Options& options)
    : options_(options),
      channel_(MakeChannel(options)),
      users_(users::v1::UserService::NewStub(channel_)),
      history_(users::v1::HistoryService::NewStub(channel_)),
      sync_(users::v1::SyncService::NewStub(channel_)),
      feed_(users::v1::ChangeFeedService::NewStub(channel_)),
      log_(users::v1::LogService::NewStub(channel_)),
      admin_(users::v1::AdminService::NewStub(channel_)),
      ingest_(users::internal::v1::IngestService::NewStub(channel_)) {}

std::unique_ptr<grpc::ClientContext> StoreStub::Context(absl::Duration patience) const {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(absl::ToChronoTime(absl::Now() + patience));
  if (!options_.token.empty()) context->AddMetadata("usersync-token", options_.token);
  if (!options_.actor.empty()) {
    context->AddMetadata("usersync-actor", options_.actor);
    context->AddMetadata("usersync-roles", options_.roles);
    context->AddMetadata("usersync-auth", "none");
  }
  return context;
}

}  // namespace usersync::tests
