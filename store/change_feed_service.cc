#include "store/change_feed_service.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "store/authorize.h"
#include "store/checkpoint.h"
#include "store/field_error.h"

namespace usersync::store {
namespace {

constexpr absl::Duration kDefaultHeartbeat = absl::Seconds(10);
constexpr absl::Duration kLeastHeartbeat = absl::Seconds(1);
constexpr absl::Duration kMostHeartbeat = absl::Minutes(5);

absl::StatusOr<absl::Duration> HeartbeatOf(const users::v1::WatchRequest& request) {
  if (!request.has_heartbeat_interval()) return kDefaultHeartbeat;
  const absl::Duration interval = absl::Seconds(request.heartbeat_interval().seconds()) +
                                  absl::Nanoseconds(request.heartbeat_interval().nanos());
  if (interval < kLeastHeartbeat || interval > kMostHeartbeat) {
    return InvalidField(users::v1::ERROR_REASON_FIELD_INVALID, "heartbeat_interval",
                        "must be 1 s to 5 min");
  }
  return interval;
}

// What this release cannot do yet is refused, never ignored.
absl::Status CheckSupported(const users::v1::WatchRequest& request) {
  const char* field = nullptr;
  if (request.has_filter()) field = "filter";
  if (request.include_before()) field = "include_before";
  if (request.include_proof()) field = "include_proof";
  if (request.checkpoint().empty() && request.start() == users::v1::WATCH_START_SNAPSHOT) {
    field = "start";
  }
  if (field == nullptr) return absl::OkStatus();
  return absl::UnimplementedError(absl::StrCat(field, ": this store does not serve it yet"));
}

}  // namespace

ChangeFeedService::ChangeFeedService(Options options, const Identity& identity, ChangeFeed& feed,
                                     ThreadPool& readers)
    : options_(options), identity_(identity), feed_(feed), readers_(readers) {
  feed_.SetListener([this] { PumpAll(); }, options_.tick);
}

ChangeFeedService::~ChangeFeedService() { feed_.ClearListener(); }

grpc::ServerWriteReactor<users::v1::WatchResponse>* ChangeFeedService::Watch(
    grpc::CallbackServerContext* context, const users::v1::WatchRequest* request) {
  const auto heartbeat = HeartbeatOf(*request);
  const auto watcher = std::make_shared<Watcher>(
      Watcher::Options{.heartbeat = heartbeat.value_or(kDefaultHeartbeat),
                       .stall_timeout = options_.stall_timeout},
      context, feed_, readers_, [this](const std::shared_ptr<Watcher>& done) {
        MutexLock lock(mutex_);
        watchers_.erase(done);
      });
  {
    MutexLock lock(mutex_);
    watchers_.insert(watcher);
  }
  const auto caller = identity_.Identify(*context);
  if (!caller.ok()) {
    watcher->Fail(caller.status());
  } else if (!Authorize(caller->principal, Operation::kRead, nullptr, nullptr)) {
    watcher->Fail(RoleMissing("reader"));
  } else if (!heartbeat.ok()) {
    watcher->Fail(heartbeat.status());
  } else if (auto supported = CheckSupported(*request); !supported.ok()) {
    watcher->Fail(supported);
  } else {
    readers_.Add([this, watcher, request = *request] { Begin(watcher, request); });
  }
  return watcher.get();
}

void ChangeFeedService::Begin(const std::shared_ptr<Watcher>& watcher,
                              const users::v1::WatchRequest& request) {
  const ChangeFeed::Head head = feed_.head();
  if (!request.checkpoint().empty()) {
    const auto position = feed_.Resolve(request.checkpoint());
    if (!position.ok()) {
      watcher->Fail(position.status());
    } else {
      watcher->Begin(*position, request.checkpoint(), head.generation);
    }
  } else if (request.start() == users::v1::WATCH_START_OLDEST) {
    watcher->Begin(0, Encode(CheckpointOf(feed_.epoch(), 0, "")), head.generation);
  } else {
    watcher->Begin(head.sequence, head.checkpoint, head.generation);
  }
}

size_t ChangeFeedService::watcher_count() {
  MutexLock lock(mutex_);
  return watchers_.size();
}

void ChangeFeedService::PumpAll() {
  std::vector<std::shared_ptr<Watcher>> watchers;
  {
    MutexLock lock(mutex_);
    watchers.assign(watchers_.begin(), watchers_.end());
  }
  for (const auto& watcher : watchers) watcher->Pump();
}

}  // namespace usersync::store
