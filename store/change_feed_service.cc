#include "store/change_feed_service.h"

#include <utility>

#include "store/rate_limited.h"
#include "store/watch_place.h"
#include "store/watch_request.h"

namespace usersync::store {
namespace {

absl::Status Stopping() {
  return absl::UnavailableError("the store is stopping; go on from the last checkpoint");
}

}  // namespace

ChangeFeedService::ChangeFeedService(Options options, ChangeFeed& feed, ReadCalls& reads)
    : options_(std::move(options)),
      snapshots_(options_.snapshots_per_actor),
      feed_(feed),
      reads_(reads) {
  feed_.SetListener([this] { PumpAll(); }, options_.tick);
}

ChangeFeedService::~ChangeFeedService() { feed_.ClearListener(); }

grpc::ServerWriteReactor<grpc::ByteBuffer>* ChangeFeedService::Watch(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
  const auto watcher =
      std::make_shared<Watcher>(options_.stall_timeout, context,
                                Watcher::Sources{feed_, reads_, batches_, options_.log_checkpoint},
                                [this](const std::shared_ptr<Watcher>& done) { Remove(done); });
  if (!Add(watcher)) {
    watcher->Fail(Stopping());
    return watcher.get();
  }
  auto asked = Check(*context, *request);
  if (!asked.ok()) {
    watcher->Fail(asked.status());
    return watcher.get();
  }
  reads_.InBackground([this, watcher, asked = *std::move(asked)]() mutable {
    auto place = FindPlace(feed_, asked);
    if (place.ok()) {
      watcher->Begin(std::move(asked), *std::move(place));
    } else {
      watcher->Fail(place.status());
    }
  });
  return watcher.get();
}

absl::StatusOr<WatchRequest> ChangeFeedService::Check(const grpc::CallbackServerContext& context,
                                                      const grpc::ByteBuffer& request) {
  const auto reader = reads_.ReaderOf(context);
  if (!reader.ok()) return reader.status();
  users::v1::WatchRequest parsed;
  grpc::ByteBuffer bytes(request);
  if (!grpc::SerializationTraits<users::v1::WatchRequest>::Deserialize(&bytes, &parsed).ok()) {
    return absl::InternalError("the request is no WatchRequest");
  }
  auto asked = CheckWatchRequest(parsed);
  if (asked.ok() && asked->wants_snapshot()) {
    asked->snapshot_slot = snapshots_.Take(reader->principal.actor);
    if (asked->snapshot_slot == nullptr) {
      return RateLimited("the number of snapshots that one actor takes at once");
    }
  }
  return asked;
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

// Whether the store still takes streams. It keeps this one in any case, until it is done.
bool ChangeFeedService::Add(const std::shared_ptr<Watcher>& watcher) {
  MutexLock lock(mutex_);
  watchers_.insert(watcher);
  return !stopping_;
}

void ChangeFeedService::Remove(const std::shared_ptr<Watcher>& watcher) {
  MutexLock lock(mutex_);
  watchers_.erase(watcher);
}

std::vector<std::shared_ptr<Watcher>> ChangeFeedService::Watchers() {
  MutexLock lock(mutex_);
  return {watchers_.begin(), watchers_.end()};
}

void ChangeFeedService::PumpAll() {
  batches_.Forget(feed_.erasures());
  for (const auto& watcher : Watchers()) watcher->Pump();
}

}  // namespace usersync::store
