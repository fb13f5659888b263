#include "gateway/channel_pool.h"

#include <grpcpp/create_channel.h>

#include <utility>

namespace usersync::gateway {
namespace {

constexpr int kKeepaliveMs = 20000;
constexpr int kMostReconnectMs = 2000;
// The least backoff is also the most that one try to connect may take, on a busy machine too.
constexpr int kMostConnectMs = 3000;
// How far a store may be ahead of what is read of a stream. Left to itself, gRPC makes this as
// large as the network is fast, and a client that stops reading would cost megabytes.
constexpr int kMostAheadBytes = 256 << 10;

std::shared_ptr<grpc::Channel> Connect(const ChannelPool::Options& options,
                                       const std::string& address) {
  grpc::ChannelArguments arguments;
  // Otherwise all channels to one address share one connection.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  // Nobody asks a channel what it did, nor wants a filter for it in every call.
  arguments.SetInt(GRPC_ARG_ENABLE_CHANNELZ, 0);
  arguments.SetInt(GRPC_ARG_MINIMAL_STACK, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_DEADLINE_CHECKS, 1);
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, kMostAheadBytes);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kMostConnectMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kMostReconnectMs);
  arguments.SetMaxReceiveMessageSize(options.most_message_bytes);
  arguments.SetMaxSendMessageSize(options.most_message_bytes);
  return grpc::CreateCustomChannel(address, options.credentials, arguments);
}

}  // namespace

ChannelPool::ChannelPool(Options options) : options_(std::move(options)) {
  MutexLock lock(mutex_);
  for (size_t store = 0; store < options_.addresses.size(); ++store) Add(store);
}

ChannelPool::Entry* ChannelPool::Add(size_t store) {
  entries_.push_back(std::make_unique<Entry>(
      Entry{.store = store, .channel = Connect(options_, options_.addresses[store])}));
  return entries_.back().get();
}

std::unique_ptr<ChannelPool::Lease> ChannelPool::Acquire() {
  MutexLock lock(mutex_);
  Entry* entry = Best();
  const size_t most = options_.addresses.size() * options_.channels_per_store;
  if (entry->open >= options_.calls_per_channel && entries_.size() < most) {
    entry = Add(entry->store);
  }
  ++entry->open;
  ++open_;
  return std::make_unique<Lease>(*this, *entry);
}

ChannelPool::Entry* ChannelPool::Best() {
  Entry* best = nullptr;
  std::pair<bool, size_t> least;
  for (const auto& entry : entries_) {
    const bool is_away = entry->channel->GetState(true) == GRPC_CHANNEL_TRANSIENT_FAILURE;
    const std::pair<bool, size_t> badness(is_away, entry->open);
    if (best != nullptr && badness >= least) continue;
    best = entry.get();
    least = badness;
  }
  return best;
}

void ChannelPool::Release(Entry& entry) {
  MutexLock lock(mutex_);
  --entry.open;
  --open_;
  released_.NotifyAll();
}

void ChannelPool::AwaitNone() {
  MutexLock lock(mutex_);
  while (open_ > 0) released_.Wait(mutex_);
}

}  // namespace usersync::gateway
