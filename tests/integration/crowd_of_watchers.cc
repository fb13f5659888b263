#include "tests/integration/crowd_of_watchers.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <algorithm>
#include <atomic>

#include "common/mutex.h"

namespace usersync::tests {
namespace {

// A connection whose streams take 64 KiB ahead of their reader and no more.
std::unique_ptr<users::v1::ChangeFeedService::Stub> Connect(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  return users::v1::ChangeFeedService::NewStub(
      grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
}

}  // namespace

class CrowdOfWatchers::Stream : public grpc::ClientReadReactor<users::v1::WatchResponse> {
 public:
  Stream(Stub& stub, const users::v1::WatchRequest& request, bool sleeps)
      : request_(request), sleeps_(sleeps) {
    stub.async()->Watch(&context_, &request_, this);
    // The stream must not end between two reads.
    AddHold();
    StartRead(&response_);
    StartCall();
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      RemoveHold();
      return;
    }
    MutexLock lock(mutex_);
    Take();
    if (sleeps_) {
      waits_ = true;
    } else {
      StartRead(&response_);
    }
  }

  void OnDone(const grpc::Status& /*status*/) override {
    MutexLock lock(mutex_);
    ended_ = true;
    changed_.NotifyAll();
  }

  void Wake() {
    MutexLock lock(mutex_);
    sleeps_ = false;
    ReadOn();
  }

  // Ends it and waits until gRPC has let go of it.
  void End() {
    context_.TryCancel();
    Wake();
    MutexLock lock(mutex_);
    while (!ended_) changed_.Wait(mutex_);
  }

  bool sleeps() {
    MutexLock lock(mutex_);
    return sleeps_;
  }
  bool begun() const { return begun_; }
  bool ended() const { return ended_; }
  bool wrong() const { return wrong_; }
  int64_t last() const { return last_; }

 private:
  void Take() REQUIRES(mutex_) {
    begun_ = true;
    for (const users::v1::Change& change : response_.changes().changes()) {
      const int64_t sequence = change.version().sequence();
      if (last_ != 0 && sequence != last_ + 1) wrong_ = true;
      last_ = sequence;
    }
  }

  void ReadOn() REQUIRES(mutex_) {
    if (!waits_) return;
    waits_ = false;
    StartRead(&response_);
  }

  grpc::ClientContext context_;
  const users::v1::WatchRequest request_;
  Mutex mutex_;
  CondVar changed_;
  bool sleeps_ GUARDED_BY(mutex_);
  // Whether it was told something and has not asked for more.
  bool waits_ GUARDED_BY(mutex_) = false;
  users::v1::WatchResponse response_;
  std::atomic<bool> begun_ = false;
  std::atomic<bool> ended_ = false;
  std::atomic<bool> wrong_ = false;
  std::atomic<int64_t> last_ = 0;
};

CrowdOfWatchers::CrowdOfWatchers(const Options& options) {
  for (int i = 0; i < options.count; i += options.per_connection) {
    stubs_.push_back(Connect(options.address));
  }
  for (int i = 0; i < options.count; ++i) {
    streams_.push_back(std::make_unique<Stream>(*stubs_[i / options.per_connection],
                                                options.request, i < options.sleepers));
  }
}

CrowdOfWatchers::~CrowdOfWatchers() {
  for (auto& stream : streams_) stream->End();
}

bool CrowdOfWatchers::HasBegun() const {
  return std::all_of(streams_.begin(), streams_.end(),
                     [](const auto& stream) { return stream->begun(); });
}

bool CrowdOfWatchers::AwakeHave(int64_t sequence) const {
  return std::all_of(streams_.begin(), streams_.end(), [&](const auto& stream) {
    return stream->sleeps() || stream->last() >= sequence;
  });
}

bool CrowdOfWatchers::AllHave(int64_t sequence) const {
  return std::all_of(streams_.begin(), streams_.end(),
                     [&](const auto& stream) { return stream->last() >= sequence; });
}

void CrowdOfWatchers::WakeAll() {
  for (auto& stream : streams_) stream->Wake();
}

int CrowdOfWatchers::ended() const {
  return static_cast<int>(std::count_if(streams_.begin(), streams_.end(),
                                        [](const auto& stream) { return stream->ended(); }));
}

int CrowdOfWatchers::wrong() const {
  return static_cast<int>(std::count_if(streams_.begin(), streams_.end(),
                                        [](const auto& stream) { return stream->wrong(); }));
}

}  // namespace usersync::tests
