#include "bridge/store_client.h"

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <future>
#include <utility>

#include "absl/time/clock.h"
#include "bridge/grpc_change_stream.h"
#include "common/mutex.h"
#include "common/status.h"
#include "users/internal/v1/ingest_service.grpc.pb.h"
#include "users/v1/change_feed_service.grpc.pb.h"
#include "users/v1/sync_service.grpc.pb.h"

namespace usersync::bridge {
namespace {

constexpr int kMaxMessageBytes = 16 << 20;

using IngestStub = users::internal::v1::IngestService::Stub;

// The stubs of one store.
struct Peer {
  explicit Peer(const std::shared_ptr<grpc::Channel>& channel)
      : ingest(users::internal::v1::IngestService::NewStub(channel)),
        sync(users::v1::SyncService::NewStub(channel)),
        feed(users::v1::ChangeFeedService::NewStub(channel)) {}

  std::unique_ptr<IngestStub> ingest;
  std::unique_ptr<users::v1::SyncService::Stub> sync;
  std::unique_ptr<users::v1::ChangeFeedService::Stub> feed;
};

std::shared_ptr<grpc::Channel> OpenChannel(const StoreClientOptions& options,
                                           const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  arguments.SetMaxSendMessageSize(kMaxMessageBytes);
  // Notice a store that is gone without a word, and come back quickly. The least backoff is also
  // the most that one try to connect may take.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 6000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 3000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 3000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  return grpc::CreateCustomChannel(address, options.credentials, arguments);
}

// A call that is answered later.
template <typename Response>
struct AsyncCall {
  grpc::ClientContext context;
  Response response;
};

class GrpcStoreClient final : public StoreClient {
 public:
  explicit GrpcStoreClient(StoreClientOptions options) : options_(std::move(options)) {
    for (const std::string& address : options_.addresses) {
      peers_.push_back(std::make_unique<Peer>(OpenChannel(options_, address)));
    }
  }

  // The last reference to a channel must not go from one of gRPC's own threads: gRPC 1.51 would
  // have that thread wait for itself.
  ~GrpcStoreClient() override {
    MutexLock lock(mutex_);
    while (calls_ > 0) changed_.Wait(mutex_);
  }

  absl::StatusOr<users::internal::v1::Position> GetPosition(const std::string& source) override {
    users::internal::v1::GetPositionRequest request;
    request.set_source(source);
    users::internal::v1::GetPositionResponse response;
    const absl::Status status = Ask(&IngestStub::GetPosition, request, response);
    if (!status.ok()) return status;
    return response.position();
  }

  absl::StatusOr<users::internal::v1::ListErasuresResponse> ListErasures(
      int64_t after_sequence) override {
    users::internal::v1::ListErasuresRequest request;
    request.set_after_sequence(after_sequence);
    users::internal::v1::ListErasuresResponse response;
    const absl::Status status = Ask(&IngestStub::ListErasures, request, response);
    if (!status.ok()) return status;
    return response;
  }

  absl::Status ReportBroadcast(int64_t sequence) override {
    users::internal::v1::ReportBroadcastRequest request;
    request.set_sequence(sequence);
    users::internal::v1::ReportBroadcastResponse response;
    return Ask(&IngestStub::ReportBroadcast, request, response);
  }

  void Ingest(const users::internal::v1::IngestRequest& request, IngestDone done) override {
    using Call = AsyncCall<users::internal::v1::IngestResponse>;
    const size_t index = current_;
    auto call = Begin<Call>(options_.ingest_timeout);
    peers_[index]->ingest->async()->Ingest(
        &call->context, &request, &call->response,
        [this, index, call, done = std::move(done)](const grpc::Status& status) mutable {
          Answer(index, status, std::move(call), std::move(done));
        });
  }

  void Pull(const users::v1::PullRequest& request, PullDone done) override {
    struct Call : AsyncCall<users::v1::PullResponse> {
      users::v1::PullRequest request;
    };
    const size_t index = current_;
    auto call = Begin<Call>(options_.read_timeout);
    call->request = request;
    peers_[index]->sync->async()->Pull(
        &call->context, &call->request, &call->response,
        [this, index, call, done = std::move(done)](const grpc::Status& status) mutable {
          Answer(index, status, std::move(call), std::move(done));
        });
  }

  std::unique_ptr<ChangeStream> Watch(const users::v1::WatchRequest& request) override {
    const size_t index = current_;
    return std::make_unique<GrpcChangeStream>(
        *peers_[index]->feed, options_.token, options_.silence_limit, request,
        [this, index](const absl::Status& status) { Note(index, status); });
  }

 private:
  // Waits for the answer to one of IngestService's short calls.
  template <typename Request, typename Response>
  absl::Status Ask(grpc::Status (IngestStub::*method)(grpc::ClientContext*, const Request&,
                                                      Response*),
                   const Request& request, Response& response) {
    const size_t index = current_;
    grpc::ClientContext context;
    Prepare(context, options_.read_timeout);
    absl::Status status = FromGrpc((*peers_[index]->ingest.*method)(&context, request, &response));
    Note(index, status);
    return status;
  }

  void Prepare(grpc::ClientContext& context, absl::Duration timeout) {
    AddToken(context, options_.token);
    context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  }

  template <typename Call>
  std::shared_ptr<Call> Begin(absl::Duration timeout) {
    {
      MutexLock lock(mutex_);
      ++calls_;
    }
    auto call = std::make_shared<Call>();
    Prepare(call->context, timeout);
    return call;
  }

  template <typename Call, typename Done>
  void Answer(size_t index, const grpc::Status& grpc_status, std::shared_ptr<Call> call,
              Done done) {
    const absl::Status status = FromGrpc(grpc_status);
    Note(index, status);
    if (status.ok()) {
      done(std::move(call->response));
    } else {
      done(status);
    }
    done = nullptr;
    call.reset();
    MutexLock lock(mutex_);
    --calls_;
    changed_.NotifyAll();
  }

  // A store that is away or does not answer: the next calls go to the next one.
  void Note(size_t index, const absl::Status& status) {
    if (!absl::IsUnavailable(status) && !absl::IsDeadlineExceeded(status)) return;
    size_t expected = index;
    current_.compare_exchange_strong(expected, (index + 1) % peers_.size());
  }

  const StoreClientOptions options_;
  std::vector<std::unique_ptr<Peer>> peers_;
  std::atomic<size_t> current_ = 0;
  Mutex mutex_;
  CondVar changed_;
  // How many calls have not let go of their channel.
  int calls_ GUARDED_BY(mutex_) = 0;
};

}  // namespace

absl::StatusOr<users::internal::v1::IngestResponse> IngestNow(
    StoreClient& store, const users::internal::v1::IngestRequest& request) {
  using Response = absl::StatusOr<users::internal::v1::IngestResponse>;
  auto promise = std::make_shared<std::promise<Response>>();
  store.Ingest(request, [promise](Response response) { promise->set_value(std::move(response)); });
  return promise->get_future().get();
}

absl::StatusOr<users::v1::PullResponse> PullNow(StoreClient& store,
                                                const users::v1::PullRequest& request) {
  // Shared, because the one who answers may still hold it when the answer is there.
  auto promise = std::make_shared<std::promise<absl::StatusOr<users::v1::PullResponse>>>();
  store.Pull(request, [promise](absl::StatusOr<users::v1::PullResponse> response) {
    promise->set_value(std::move(response));
  });
  return promise->get_future().get();
}

std::unique_ptr<StoreClient> MakeStoreClient(StoreClientOptions options) {
  return std::make_unique<GrpcStoreClient>(std::move(options));
}

}  // namespace usersync::bridge
