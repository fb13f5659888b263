#include "tests/traffic/watcher.h"

#include "absl/strings/ascii.h"
#include "tests/harness/eventually.h"
#include "tests/traffic/documents.h"

namespace usersync::tests {
namespace {

constexpr absl::Duration kForEver = absl::Hours(1);

Told ToldFrom(const users::v1::Change& change, const std::string& epoch) {
  const users::v1::Version& version = change.version();
  const std::string action = users::v1::Action_Name(version.action());
  return {.seq = version.sequence(),
          .epoch = epoch,
          .checkpoint = change.checkpoint(),
          .version = version.version(),
          .action = absl::AsciiStrToLower(action.substr(action.find('_') + 1)),
          .actor = version.actor(),
          .mutation_id = version.mutation_id(),
          .document = version.has_user() ? DocumentOf(version.user()) : nlohmann::json()};
}

}  // namespace

Watcher::Watcher(std::vector<StoreStub> stores)
    : stores_(std::move(stores)), thread_([this] { Run(); }) {}

Watcher::~Watcher() {
  stopping_ = true;
  {
    MutexLock lock(mutex_);
    if (context_ != nullptr) context_->TryCancel();
  }
  thread_.join();
}

int64_t Watcher::last() {
  MutexLock lock(mutex_);
  return told_.empty() ? 0 : told_.back().seq;
}

std::string Watcher::checkpoint() {
  MutexLock lock(mutex_);
  return checkpoint_;
}

std::vector<Told> Watcher::told() {
  MutexLock lock(mutex_);
  return told_;
}

void Watcher::Run() {
  for (size_t i = 0; !stopping_; ++i) {
    const grpc::Status status = Follow(stores_[i % stores_.size()]);
    if (status.error_code() == grpc::StatusCode::FAILED_PRECONDITION) {
      ++divergences_;
      MutexLock lock(mutex_);
      told_.clear();
      checkpoint_.clear();
    }
    absl::SleepFor(absl::Milliseconds(20));
  }
}

grpc::Status Watcher::Follow(StoreStub& store) {
  const std::shared_ptr<grpc::ClientContext> context = store.Context(kForEver);
  users::v1::WatchRequest request;
  request.mutable_heartbeat_interval()->set_seconds(1);
  {
    MutexLock lock(mutex_);
    if (stopping_) return grpc::Status::CANCELLED;
    context_ = context;
    request.set_checkpoint(checkpoint_);
  }
  request.set_start(users::v1::WATCH_START_OLDEST);
  const auto stream = store.feed().Watch(context.get(), request);
  users::v1::WatchResponse response;
  while (stream->Read(&response)) {
    Take(response);
    Eventually([this] { return !asleep_ || stopping_; }, kForEver);
  }
  return stream->Finish();
}

void Watcher::Take(const users::v1::WatchResponse& response) {
  MutexLock lock(mutex_);
  for (const users::v1::Change& change : response.changes().changes()) {
    told_.push_back(ToldFrom(change, response.epoch()));
    checkpoint_ = change.checkpoint();
  }
}

}  // namespace usersync::tests
