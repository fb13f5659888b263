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

// What the request asks for must be known; what this release cannot do yet is refused, never
// ignored.
absl::Status Check(const users::v1::WatchRequest& request) {
  if (!users::v1::WatchStart_IsValid(request.start())) {
    return InvalidField(users::v1::ERROR_REASON_FIELD_INVALID, "start", "must be a WatchStart");
  }
  const char* field = nullptr;
  const users::v1::ChangeFilter& filter = request.filter();
  if (!filter.user_ids().empty() || !filter.actions().empty() || !filter.actors().empty()) {
    field = "filter";
  }
  if (request.include_before()) field = "include_before";
  if (request.include_proof()) field = "include_proof";
  if (request.checkpoint().empty() && request.start() == users::v1::WATCH_START_SNAPSHOT) {
    field = "start";
  }
  if (field == nullptr) return absl::OkStatus();
  return absl::UnimplementedError(absl::StrCat(field, ": this store does not serve it yet"));
}

absl::Status Stopping() {
  return absl::UnavailableError("the store is stopping; go on from the last checkpoint");
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
                       .stall_timeout = options_.stall_timeout,
                       .log_checkpoint = options_.log_checkpoint},
      context, feed_, readers_, [this](const std::shared_ptr<Watcher>& done) {
        MutexLock lock(mutex_);
        watchers_.erase(done);
      });
  bool stopping = false;
  {
    MutexLock lock(mutex_);
    watchers_.insert(watcher);
    stopping = stopping_;
  }
  const auto caller = identity_.Identify(*context);
  if (stopping) {
    watcher->Fail(Stopping());
  } else if (!caller.ok()) {
    watcher->Fail(caller.status());
  } else if (!Authorize(caller->principal, Operation::kRead, nullptr, nullptr)) {
    watcher->Fail(RoleMissing("reader"));
  } else if (!heartbeat.ok()) {
    watcher->Fail(heartbeat.status());
  } else if (auto checked = Check(*request); !checked.ok()) {
    watcher->Fail(checked);
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

void ChangeFeedService::Stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  for (const auto& watcher : Watchers()) watcher->Fail(Stopping());
}

std::vector<std::shared_ptr<Watcher>> ChangeFeedService::Watchers() {
  MutexLock lock(mutex_);
  return {watchers_.begin(), watchers_.end()};
}

void ChangeFeedService::PumpAll() {
  for (const auto& watcher : Watchers()) watcher->Pump();
}

}  // namespace usersync::store
