#include "store/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/backoff.h"
#include "common/log.h"
#include "common/metrics_server.h"
#include "common/thread_pool.h"
#include "grpc/health/v1/health.pb.h"
#include "store/admin_service.h"
#include "store/caretaker.h"
#include "store/change_feed.h"
#include "store/change_feed_service.h"
#include "store/counters.h"
#include "store/erasure_keeper.h"
#include "store/history_service.h"
#include "store/identity.h"
#include "store/ingest_service.h"
#include "store/log_builder.h"
#include "store/log_service.h"
#include "store/migrations.h"
#include "store/read_calls.h"
#include "store/sequencer.h"
#include "store/session_pool.h"
#include "store/sync_service.h"
#include "store/user_service.h"
#include "store/verifications.h"

namespace usersync::store {
namespace {

// Room for an Ingest of 1,000 entries with their documents.
constexpr int kMaxMessageBytes = 16 << 20;

// Whose health may be asked for by name; "" is that of the whole.
constexpr const char* kPublicServices[] = {users::v1::AdminService::service_full_name(),
                                           users::v1::ChangeFeedService::service_full_name(),
                                           users::v1::HistoryService::service_full_name(),
                                           users::v1::LogService::service_full_name(),
                                           users::v1::SyncService::service_full_name(),
                                           users::v1::UserService::service_full_name()};

absl::Status AwaitDatabase(const Session::Options& database, absl::Duration patience) {
  Backoff backoff({.first = absl::Milliseconds(100), .most = absl::Seconds(1)});
  const absl::Time give_up = absl::Now() + patience;
  while (true) {
    const auto session = Session::Connect(database);
    const absl::Status status = session.ok() ? CheckSchema(**session) : session.status();
    if (status.ok() || !absl::IsUnavailable(status) || absl::Now() > give_up) return status;
    absl::SleepFor(backoff.Next());
  }
}

class RunningServer final : public Server {
 public:
  RunningServer(const Options& options, Identity identity,
                std::shared_ptr<grpc::ServerCredentials> credentials)
      : options_(options),
        identity_(std::move(identity)),
        credentials_(std::move(credentials)),
        database_{.url = options.database_url},
        pool_(database_, options.readers),
        readers_(std::make_unique<ThreadPool>(options.readers)),
        feed_(ChangeFeed::Options{.database = database_}, pool_) {}

  absl::Status Listen() {
    if (auto status = feed_.Start(); !status.ok()) return status;
    if (auto status = CatchUpLog(); !status.ok()) return status;
    auto signer = HeadSigner::Start(options_.log, feed_, pool_);
    if (!signer.ok()) return signer.status();
    signer_ = *std::move(signer);
    sequencer_ =
        std::make_unique<Sequencer>(Sequencer::Options{.database = database_}, feed_, counters_);
    erasures_ = std::make_unique<ErasureKeeper>(options_.erasures_path, *sequencer_, feed_, pool_);
    // Nobody reads, or writes to, a person whom a restored database brought back.
    if (auto status = erasures_->Keep(); !status.ok()) return status;
    ingest_ = std::make_unique<IngestService>(identity_, *sequencer_, pool_, *readers_);
    sync_ = std::make_unique<SyncService>(identity_, *sequencer_, feed_, pool_, *readers_);
    reads_ = std::make_unique<ReadCalls>(identity_, pool_, *readers_);
    users_ = std::make_unique<UserService>(identity_, *sequencer_, *reads_);
    verifications_ = std::make_unique<Verifications>(
        Verifications::Options{.database = database_,
                               .heads_path = options_.log.heads_path,
                               .vkey_path = BesideKey(options_.log.key_path, "log.vkey")});
    history_ = std::make_unique<HistoryService>(*reads_, *verifications_);
    watch_ = std::make_unique<ChangeFeedService>(
        ChangeFeedService::Options{.stall_timeout = options_.stall_timeout,
                                   .log_checkpoint = [this] { return signer_->newest_note(); }},
        feed_, *reads_);
    log_ = std::make_unique<LogService>(*signer_, *reads_);
    admin_ = std::make_unique<AdminService>(identity_, *sequencer_, feed_, *reads_, *erasures_);
    // Named so that the linker keeps the descriptor that `buf curl --list-methods` looks for.
    grpc::health::v1::HealthCheckRequest::descriptor();
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::ServerBuilder builder;
    int bound = 0;
    // Two servers must never share a port unnoticed.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 5000);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
    builder.SetMaxSendMessageSize(kMaxMessageBytes);
    // gRPC would unpack messages whatever they become, and none of those who call need it.
    for (const auto algorithm : {GRPC_COMPRESS_DEFLATE, GRPC_COMPRESS_GZIP}) {
      builder.SetCompressionAlgorithmSupportStatus(algorithm, false);
    }
    builder.AddListeningPort(absl::StrCat(options_.host, ":", options_.port), credentials_, &bound);
    builder.RegisterService(ingest_.get());
    builder.RegisterService(sync_.get());
    builder.RegisterService(users_.get());
    builder.RegisterService(history_.get());
    builder.RegisterService(watch_.get());
    builder.RegisterService(log_.get());
    builder.RegisterService(admin_.get());
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || bound == 0) {
      return absl::FailedPreconditionError(absl::StrCat("cannot listen on ", options_.host, ":",
                                                        options_.port, " (--store-port): in use?"));
    }
    for (const char* name : kPublicServices) {
      server_->GetHealthCheckService()->SetServingStatus(name, true);
    }
    caretaker_ =
        std::make_unique<Caretaker>(Caretaker::Options{}, feed_, pool_, *erasures_,
                                    [health = server_->GetHealthCheckService()](bool serving) {
                                      health->SetServingStatus(serving);
                                    });
    return TellMetrics();
  }

  ~RunningServer() override {
    metrics_server_.reset();
    caretaker_.reset();
    if (server_ != nullptr) {
      const absl::Time deadline = absl::Now() + options_.drain_timeout;
      server_->GetHealthCheckService()->Shutdown();
      // First what callers wait for; the database may be away.
      sequencer_->Stop(deadline);
      watch_->Stop();
      server_->Shutdown(absl::ToChronoTime(deadline));
    }
    // Calls have ended; now what serves them, from the outside in.
    watch_.reset();
    sequencer_.reset();
    signer_.reset();
    readers_.reset();
  }

 private:
  // Versions that were written past the log would make the first writer wait. A database that
  // was cut can still be read: only the writer refuses it.
  absl::Status CatchUpLog() {
    const absl::Status status = pool_.Run(absl::Now() + absl::Seconds(30), LogBuilder::CatchUp);
    if (absl::IsUnavailable(status)) return status;
    if (!status.ok()) spdlog::error("{}", std::string(status.message()));
    return absl::OkStatus();
  }

  absl::Status TellMetrics() {
    if (options_.metrics_port == 0) return absl::OkStatus();
    AddTo(metrics_, counters_);
    metrics_.AddGauge("usersync_store_head_sequence", "The newest sequence that the feed has.",
                      [this] { return static_cast<double>(feed_.head().sequence); });
    metrics_.AddGauge("usersync_store_queued_requests", "Mutations that wait for a batch.",
                      [this] { return static_cast<double>(sequencer_->queued()); });
    metrics_.AddGauge("usersync_store_watchers", "Watch streams that are open.",
                      [this] { return static_cast<double>(watch_->watcher_count()); });
    metrics_.AddGauge("usersync_store_database_up", "Whether the database was there, last.",
                      [this] { return feed_.healthy() ? 1.0 : 0.0; });
    auto server = MetricsServer::Start(options_.metrics_port, metrics_, [this] {
      return feed_.healthy() ? absl::OkStatus() : absl::UnavailableError("the database is away");
    });
    if (!server.ok()) return server.status();
    metrics_server_ = *std::move(server);
    return absl::OkStatus();
  }

  const Options options_;
  const Identity identity_;
  const std::shared_ptr<grpc::ServerCredentials> credentials_;
  const Session::Options database_;
  SessionPool pool_;
  std::unique_ptr<ThreadPool> readers_;
  ChangeFeed feed_;
  Counters counters_;
  Metrics metrics_;
  std::unique_ptr<HeadSigner> signer_;
  std::unique_ptr<Sequencer> sequencer_;
  std::unique_ptr<ErasureKeeper> erasures_;
  std::unique_ptr<IngestService> ingest_;
  std::unique_ptr<SyncService> sync_;
  std::unique_ptr<ReadCalls> reads_;
  std::unique_ptr<UserService> users_;
  std::unique_ptr<Verifications> verifications_;
  std::unique_ptr<HistoryService> history_;
  std::unique_ptr<ChangeFeedService> watch_;
  std::unique_ptr<LogService> log_;
  std::unique_ptr<AdminService> admin_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Caretaker> caretaker_;
  std::unique_ptr<MetricsServer> metrics_server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const Options& options,
                                                      absl::Duration patience) {
  auto identity =
      options.tls.empty() ? Identity::Load(options.secrets_dir) : Identity::OfCertificates();
  if (!identity.ok()) return identity.status();
  auto credentials = MakeServerCredentials(options.tls);
  if (!credentials.ok()) return credentials.status();
  if (auto status = AwaitDatabase({.url = options.database_url}, patience); !status.ok()) {
    return status;
  }
  auto server =
      std::make_unique<RunningServer>(options, *std::move(identity), *std::move(credentials));
  if (auto status = server->Listen(); !status.ok()) return status;
  return server;
}

}  // namespace usersync::store
