#include "gateway/store_call.h"

#include <google/protobuf/descriptor.h>
#include <grpcpp/impl/rpc_method.h>
#include <grpcpp/support/client_callback.h>

#include <boost/asio/post.hpp>
#include <utility>

#include "absl/strings/str_replace.h"
#include "gateway/byte_buffer.h"

namespace usersync::gateway {
namespace {

// How many bytes may wait for a client before its stream stops reading from the store.
constexpr size_t kMostBacklog = 256 << 10;

// Calls are made as generated code makes them. A generic stub knows but those that stream both
// ways, and such a call takes a kilobyte more for as long as it is open.
class UnaryCall final : public StoreCall, public grpc::ClientUnaryReactor {
 public:
  using StoreCall::StoreCall;

 private:
  void Open(const std::string& method) override {
    grpc::internal::ClientCallbackUnaryFactory::Create(
        channel(), grpc::internal::RpcMethod(method.c_str(), grpc::internal::RpcMethod::NORMAL_RPC),
        context(), request(), response(), this);
    StartCall();
  }

  // There is but one message.
  void ReadOn() override {}

  void OnReadInitialMetadataDone(bool ok) override { HaveHeaders(ok); }
  void OnDone(const grpc::Status& status) override { HaveEnd(status); }
};

class StreamingCall final : public StoreCall, public grpc::ClientReadReactor<grpc::ByteBuffer> {
 public:
  using StoreCall::StoreCall;

 private:
  void Open(const std::string& method) override {
    grpc::internal::ClientCallbackReaderFactory<grpc::ByteBuffer>::Create(
        channel(),
        grpc::internal::RpcMethod(method.c_str(), grpc::internal::RpcMethod::SERVER_STREAMING),
        context(), request(), this);
    // Reads are started from outside gRPC's own callbacks too.
    AddHold();
    StartRead(response());
    StartCall();
  }

  void ReadOn() override { StartRead(response()); }

  void OnReadInitialMetadataDone(bool ok) override { HaveHeaders(ok); }
  void OnReadDone(bool ok) override {
    if (ok) {
      HaveMessage();
    } else {
      RemoveHold();
    }
  }
  void OnDone(const grpc::Status& status) override { HaveEnd(status); }
};

// Of a method that is not known here, one message may be the first of many.
bool IsUnary(absl::string_view method) {
  const auto* known = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
      absl::StrReplaceAll(method.substr(1), {{"/", "."}}));
  return known != nullptr && !known->client_streaming() && !known->server_streaming();
}

}  // namespace

std::shared_ptr<StoreCall> StoreCall::Start(ChannelPool& pool, Request request,
                                            boost::asio::any_io_executor executor,
                                            std::weak_ptr<Listener> listener) {
  std::shared_ptr<StoreCall> call;
  if (IsUnary(request.method)) {
    call = std::make_shared<UnaryCall>(pool.Acquire(), std::move(executor), std::move(listener));
  } else {
    call =
        std::make_shared<StreamingCall>(pool.Acquire(), std::move(executor), std::move(listener));
  }
  call->Begin(std::move(request));
  return call;
}

StoreCall::StoreCall(std::unique_ptr<ChannelPool::Lease> lease,
                     boost::asio::any_io_executor executor, std::weak_ptr<Listener> listener)
    : lease_(std::move(lease)), executor_(std::move(executor)), listener_(std::move(listener)) {}

void StoreCall::Begin(Request request) {
  for (const auto& [key, value] : request.metadata) context_.AddMetadata(key, value);
  if (request.deadline) context_.set_deadline(absl::ToChronoTime(*request.deadline));
  const grpc::Slice slice(request.message);
  request_ = grpc::ByteBuffer(&slice, 1);
  {
    MutexLock lock(mutex_);
    self_ = shared_from_this();
  }
  Open(request.method);
}

void StoreCall::Cancel() {
  context_.TryCancel();
  MutexLock lock(mutex_);
  is_cancelled_ = true;
  // The read fails at once, and the call ends.
  ReadOnIfRoom();
}

void StoreCall::SetBacklog(size_t bytes) {
  MutexLock lock(mutex_);
  backlog_ = bytes;
  ReadOnIfRoom();
}

void StoreCall::ReadOnIfRoom() {
  if (!is_paused_) return;
  if (!is_cancelled_ && untold_bytes_ + backlog_ >= kMostBacklog) return;
  is_paused_ = false;
  ReadOn();
}

void StoreCall::HaveHeaders(bool ok) {
  MutexLock lock(mutex_);
  has_headers_ = true;
  // It is sent.
  request_.Clear();
  if (ok) news_.headers = Copy(context_.GetServerInitialMetadata());
  Post();
}

void StoreCall::TakeMessage() {
  std::string message = BytesOf(response_);
  // It would keep a piece of gRPC's read buffer until the next message.
  response_.Clear();
  untold_bytes_ += message.size();
  news_.messages.push_back(std::move(message));
}

void StoreCall::HaveMessage() {
  MutexLock lock(mutex_);
  TakeMessage();
  is_paused_ = true;
  ReadOnIfRoom();
  Post();
}

void StoreCall::HaveEnd(const grpc::Status& status) {
  std::shared_ptr<StoreCall> self;
  MutexLock lock(mutex_);
  self = std::move(self_);
  has_headers_ = true;
  if (response_.Valid()) TakeMessage();
  news_.status = std::make_unique<const grpc::Status>(status);
  Post();
}

// Lets the listener know of what has come. Messages wait for the headers: gRPC's callbacks may
// overtake each other.
void StoreCall::Post() {
  if (is_posted_ || !has_headers_) return;
  is_posted_ = true;
  boost::asio::post(executor_, [self = shared_from_this()] { self->Tell(); });
}

StoreCall::News StoreCall::TakeNews() {
  MutexLock lock(mutex_);
  is_posted_ = false;
  untold_bytes_ = 0;
  // No std::swap: g++ 12 takes the empty headers for uninitialized ones.
  News news{.headers = std::move(news_.headers),
            .messages = std::move(news_.messages),
            .status = std::move(news_.status)};
  news_.headers.reset();
  news_.messages.clear();
  return news;
}

void StoreCall::Tell() {
  News news = TakeNews();
  const auto listener = listener_.lock();
  if (listener == nullptr) return;
  if (news.headers) listener->OnHeaders(*news.headers);
  for (std::string& message : news.messages) listener->OnMessage(std::move(message));
  if (news.status) {
    listener->OnEnd(*news.status, Copy(context_.GetServerTrailingMetadata()));
  } else {
    MutexLock lock(mutex_);
    ReadOnIfRoom();
  }
}

}  // namespace usersync::gateway
