#include "bridge/bridge.h"

#include <thread>
#include <utility>

#include "absl/time/clock.h"
#include "bridge/broadcaster.h"
#include "bridge/guarded_publisher.h"
#include "bridge/message_source.h"
#include "bridge/pull_responder.h"
#include "bridge/receipt_publisher.h"
#include "bridge/streams.h"
#include "bridge/update_consumer.h"
#include "common/backoff.h"
#include "common/log.h"

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
        store_(MakeStoreClient(store)),
        source_(MakeMessageSource(*quick_)),
        receipts_(*quick_, *bulk_),
        consumer_({}, *source_, *store_, receipts_),
        publisher_({}, *quick_, *bulk_),
        broadcaster_({}, *quick_, publisher_, *store_),
        pulls_(std::make_unique<PullResponder>(PullResponder::Options{}, *quick_, *store_)) {}

  absl::Status Listen() {
    if (auto status = publisher_.Start(); !status.ok()) return status;
    if (auto status = pulls_->Start(); !status.ok()) return status;
    consuming_ = std::thread([this] { consumer_.Run(); });
    broadcasting_ = std::thread([this] { broadcaster_.Run(); });
    return absl::OkStatus();
  }

  ~RunningBridge() override {
    consumer_.Stop();
    if (consuming_.joinable()) consuming_.join();
    // What was just committed still goes out: here, or by the next bridge.
    broadcaster_.Stop();
    if (broadcasting_.joinable()) broadcasting_.join();
    pulls_.reset();
    (void)bulk_->Flush(kFlushTimeout);
    (void)quick_->Flush(kFlushTimeout);
  }

 private:
  const std::unique_ptr<NatsConnection> quick_;
  const std::unique_ptr<NatsConnection> bulk_;
  const std::unique_ptr<StoreClient> store_;
  const std::unique_ptr<MessageSource> source_;
  ReceiptPublisher receipts_;
  UpdateConsumer consumer_;
  GuardedPublisher publisher_;
  Broadcaster broadcaster_;
  std::unique_ptr<PullResponder> pulls_;
  std::thread consuming_;
  std::thread broadcasting_;
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

}  // namespace

absl::StatusOr<std::unique_ptr<Bridge>> Bridge::Start(const NatsConnection::Options& nats,
                                                      const StoreClientOptions& store,
                                                      absl::Duration patience) {
  NatsConnection::Options options = nats;
  options.inbox_prefix = kInboxPrefix;
  auto bulk = AwaitNats(options, patience);
  if (!bulk.ok()) return bulk.status();
  options.send_asap = true;
  auto quick = AwaitNats(options, patience);
  if (!quick.ok()) return quick.status();
  const auto status =
      SetUpStreams(**quick, [](const std::string& line) { spdlog::info("{}", line); });
  if (!status.ok()) return status;
  auto bridge = std::make_unique<RunningBridge>(*std::move(quick), *std::move(bulk), store);
  if (auto listening = bridge->Listen(); !listening.ok()) return listening;
  return bridge;
}

}  // namespace usersync::bridge
