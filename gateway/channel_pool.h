// Connections to the stores. Streams are spread over several, so that a thousand of them never
// block a call, and a store that is away is passed over while another answers. Thread-safe.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>

#include <memory>
#include <string>
#include <vector>

#include "common/mutex.h"

namespace usersync::gateway {

class ChannelPool {
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
    Lease(ChannelPool& pool, size_t index) : pool_(pool), index_(index) {}
    ~Lease() { pool_.Release(index_); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    grpc::GenericStub& stub() { return *pool_.StubAt(index_); }

   private:
    ChannelPool& pool_;
    const size_t index_;
  };

  explicit ChannelPool(Options options);

  // A connection with room, to a store that is not known to be away. Outlived by the pool.
  std::unique_ptr<Lease> Acquire();

  // Waits until no call is open. They must all be told to end, and nobody may begin another.
  void AwaitNone();

 private:
  struct Entry {
    size_t store = 0;
    std::shared_ptr<grpc::Channel> channel;
    std::unique_ptr<grpc::GenericStub> stub;
    size_t open = 0;
  };

  size_t Add(size_t store) REQUIRES(mutex_);
  void Release(size_t index);
  grpc::GenericStub* StubAt(size_t index);

  const Options options_;
  Mutex mutex_;
  CondVar released_;
  size_t open_ GUARDED_BY(mutex_) = 0;
  // Grows only; entries stay where they are.
  std::vector<std::unique_ptr<Entry>> entries_ GUARDED_BY(mutex_);
};

}  // namespace usersync::gateway
