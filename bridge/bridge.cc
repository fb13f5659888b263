#include "bridge/bridge.h"

#include <thread>
#include <utility>

#include "absl/time/clock.h"
#include "bridge/broadcaster.h"
#include "bridge/counters.h"
#include "bridge/eraser.h"
#include "bridge/late_messages.h"
#include "bridge/nats_broadcast_stream.h"
#include "bridge/nats_message_source.h"
#include "bridge/nats_stored_messages.h"
#include "bridge/pull_responder.h"
#include "bridge/receipt_publisher.h"
#include "bridge/stream_keeper.h"
#include "bridge/streams.h"
#include "bridge/subjects.h"
#include "bridge/update_consumer.h"
#include "common/backoff.h"
#include "common/log.h"
#include "common/metrics_server.h"

namespace usersync::bridge {
namespace {

constexpr char kInboxPrefix[] = "inbox.bridge";
constexpr absl::Duration kFlushTimeout = absl::Seconds(5);

class RunningBridge final : public Bridge {
 public:
  RunningBridge(std::unique_ptr<NatsConnection> quick, std::unique_ptr<NatsConnection> bulk,
                const StoreClientOptions& store)
      : quick_(std::move(quick)),
        bulk_(std::move(bulk)),
        keeper_(*quick_),
        store_(MakeStoreClient(store)),
        source_({}, *quick_, keeper_),
        receipts_(*quick_, *bulk_, counters_),
        late_(receipts_),
        messages_(*quick_, *bulk_),
        consumer_({}, source_, *store_, late_, counters_),
        pulls_(std::make_unique<PullResponder>(PullResponder::Options{}, *quick_, *store_,
                                               counters_)) {}

  absl::Status TellMetrics(int port) {
    if (port == 0) return absl::OkStatus();
    AddTo(metrics_, counters_);
    auto server = MetricsServer::Start(port, metrics_, [this] { return Health(); });
    if (!server.ok()) return server.status();
    metrics_server_ = *std::move(server);
    return absl::OkStatus();
  }

  absl::Status Listen() {
    auto stream = NatsBroadcastStream::Make(*quick_, *bulk_, keeper_);
    if (!stream.ok()) return stream.status();
    stream_ = *std::move(stream);
    broadcaster_ = std::make_unique<Broadcaster>(
        Broadcaster::Options{.stream_bytes = kBroadcastMaxBytes}, *stream_, *store_, counters_);
    eraser_ =
        std::make_unique<Eraser>(Eraser::Options{}, messages_, *stream_, *store_, late_, counters_);
    if (auto status = pulls_->Start(); !status.ok()) return status;
    consuming_ = std::thread([this] { consumer_.Run(); });
    broadcasting_ = std::thread([this] { broadcaster_->Run(); });
    erasing_ = std::thread([this] { eraser_->Run(); });
    return absl::OkStatus();
  }

  ~RunningBridge() override {
    metrics_server_.reset();
    // Nothing new comes in; what was just committed still goes out: here, or by the next bridge.
    consumer_.Stop();
    if (consuming_.joinable()) consuming_.join();
    pulls_.reset();
    if (broadcaster_ != nullptr) broadcaster_->Stop();
    if (broadcasting_.joinable()) broadcasting_.join();
    if (eraser_ != nullptr) eraser_->Stop();
    if (erasing_.joinable()) erasing_.join();
    (void)bulk_->Flush(kFlushTimeout);
    (void)quick_->Flush(kFlushTimeout);
  }

  bool is_cut_off() const override { return quick_->is_closed() || bulk_->is_closed(); }

 private:
  // Asks the store what the consumer asks it.
  absl::Status Health() {
    if (!quick_->is_connected() || !bulk_->is_connected()) {
      return absl::UnavailableError("NATS is away");
    }
    return store_->GetPosition(kUpdateStream).status();
  }

  Counters counters_;
  Metrics metrics_;
  std::unique_ptr<MetricsServer> metrics_server_;
  const std::unique_ptr<NatsConnection> quick_;
  const std::unique_ptr<NatsConnection> bulk_;
  StreamKeeper keeper_;
  const std::unique_ptr<StoreClient> store_;
  NatsMessageSource source_;
  ReceiptPublisher receipts_;
  LateMessages late_;
  NatsStoredMessages messages_;
  UpdateConsumer consumer_;
  std::unique_ptr<NatsBroadcastStream> stream_;
  std::unique_ptr<Broadcaster> broadcaster_;
  std::unique_ptr<Eraser> eraser_;
  std::unique_ptr<PullResponder> pulls_;
  std::thread consuming_;
  std::thread broadcasting_;
  std::thread erasing_;
};

absl::StatusOr<std::unique_ptr<NatsConnection>> AwaitNats(const NatsConnection::Options& options,
                                                          absl::Duration patience) {
  Backoff backoff({.first = absl::Milliseconds(100), .most = absl::Seconds(1)});
  const absl::Time give_up = absl::Now() + patience;
  while (true) {
    auto connection = NatsConnection::Connect(options);
    if (connection.ok() || absl::IsPermissionDenied(connection.status()) || absl::Now() > give_up) {
      return connection;
    }
    absl::SleepFor(backoff.Next());
  }
}

// JetStream may come up later than NATS itself.
absl::Status AwaitStreams(const NatsConnection& nats, absl::Duration patience) {
  const absl::Time give_up = absl::Now() + patience;
  while (true) {
    const auto status =
        SetUpStreams(nats, [](const std::string& line) { spdlog::info("{}", line); });
    const bool may_pass = absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
    if (!may_pass || absl::Now() > give_up) return status;
    absl::SleepFor(absl::Milliseconds(200));
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<Bridge>> Bridge::Start(const Options& options) {
  NatsConnection::Options nats = options.nats;
  nats.inbox_prefix = kInboxPrefix;
  auto bulk = AwaitNats(nats, options.patience);
  if (!bulk.ok()) return bulk.status();
  nats.send_asap = true;
  auto quick = AwaitNats(nats, options.patience);
  if (!quick.ok()) return quick.status();
  if (auto status = AwaitStreams(**quick, options.patience); !status.ok()) return status;
  auto bridge = std::make_unique<RunningBridge>(*std::move(quick), *std::move(bulk), options.store);
  if (auto status = bridge->TellMetrics(options.metrics_port); !status.ok()) return status;
  if (auto listening = bridge->Listen(); !listening.ok()) return listening;
  return bridge;
}

}  // namespace usersync::bridge
