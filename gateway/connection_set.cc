#include "gateway/connection_set.h"

#include <boost/asio/post.hpp>
#include <utility>

#include "absl/time/clock.h"

namespace usersync::gateway {
namespace {

// How long calls that are asked to end may take over it.
constexpr absl::Duration kLastWord = absl::Seconds(2);
// How long connections that were told to close may take over it.
constexpr absl::Duration kTimeToClose = absl::Seconds(2);

}  // namespace

std::shared_ptr<ConnectionSet::Place> ConnectionSet::Enter() {
  MutexLock lock(mutex_);
  if (size_ >= most_) return nullptr;
  ++size_;
  return std::make_shared<Place>(*this);
}

void ConnectionSet::Leave() {
  MutexLock lock(mutex_);
  --size_;
}

void ConnectionSet::Begin(std::shared_ptr<Place> place,
                          const boost::asio::any_io_executor& executor, const Maker& make,
                          std::string read_already) {
  const auto entry = std::make_shared<Entry>();
  entry->executor = executor;
  entry->place = std::move(place);
  entry->connection = make([this, weak = std::weak_ptr<Entry>(entry)] {
    // The place is left behind the lock.
    const auto closed = weak.lock();
    MutexLock lock(mutex_);
    entries_.erase(closed);
    changed_.NotifyAll();
  });
  const auto connection = entry->connection;
  {
    MutexLock lock(mutex_);
    entries_.insert(entry);
  }
  connection->Begin(std::move(read_already));
}

std::vector<std::shared_ptr<ConnectionSet::Entry>> ConnectionSet::Snapshot() {
  MutexLock lock(mutex_);
  return {entries_.begin(), entries_.end()};
}

void ConnectionSet::Drain(absl::Duration patience) {
  for (const auto& entry : Snapshot()) {
    boost::asio::post(entry->executor, [entry] { entry->connection->Drain(); });
  }
  const auto await_none = [this](absl::Time deadline) {
    MutexLock lock(mutex_);
    while (!entries_.empty() && absl::Now() < deadline) changed_.WaitUntil(mutex_, deadline);
  };
  await_none(absl::Now() + patience);
  for (const auto& entry : Snapshot()) {
    boost::asio::post(entry->executor, [entry] { entry->connection->Stop(); });
  }
  await_none(absl::Now() + kLastWord);
  for (const auto& entry : Snapshot()) {
    boost::asio::post(entry->executor, [entry] { entry->connection->Close(); });
  }
  await_none(absl::Now() + kTimeToClose);
}

size_t ConnectionSet::size() {
  MutexLock lock(mutex_);
  return size_;
}

}  // namespace usersync::gateway
