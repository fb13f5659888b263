// Connections to the stores. Streams are spread over several, so that a thousand of them never
// block a call, and a store that is away is passed over while another answers. Thread-safe.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/security/credentials.h>

#include <memory>
#include <string>
#include <vector>

#include "common/mutex.h"

namespace usersync::gateway {

class ChannelPool {
  // A connection.
  struct Entry {
    size_t store = 0;
    std::shared_ptr<grpc::Channel> channel;
    // How many calls are open; only the pool looks.
    size_t open = 0;
  };

 public:
  struct Options {
    // host:port of each store.
    std::vector<std::string> addresses;
    std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
    // How many calls share a connection before another one is made, and how many connections a
    // store gets at most.
    size_t calls_per_channel = 100;
    size_t channels_per_store = 16;
    // The largest message either way.
    int most_message_bytes = 16 << 20;
  };

  // Counts a call as open for as long as it lives.
  class Lease {
   public:
    Lease(ChannelPool& pool, Entry& entry) : pool_(pool), entry_(entry) {}
    ~Lease() { pool_.Release(entry_); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    const std::shared_ptr<grpc::Channel>& channel() const { return entry_.channel; }

   private:
    ChannelPool& pool_;
    Entry& entry_;
  };

  explicit ChannelPool(Options options);

  // A connection with room, to a store that is not known to be away. Outlived by the pool.
  std::unique_ptr<Lease> Acquire();

  // Waits until no call is open. They must all be told to end, and nobody may begin another.
  void AwaitNone();

 private:
  Entry* Add(size_t store) REQUIRES(mutex_);
  // The one to take the next call, of those there are.
  Entry* Best() REQUIRES(mutex_);
  void Release(Entry& entry);

  const Options options_;
  Mutex mutex_;
  CondVar released_;
  size_t open_ GUARDED_BY(mutex_) = 0;
  // Grows only; entries stay where they are.
  std::vector<std::unique_ptr<Entry>> entries_ GUARDED_BY(mutex_);
};

}  // namespace usersync::gateway
