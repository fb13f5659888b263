// Many Watch streams at once, over a few connections as a gateway holds them, without a thread for
// each. Some of them may sleep: their streams stay open and they read nothing.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "users/v1/change_feed_service.grpc.pb.h"

namespace usersync::tests {

class CrowdOfWatchers {
 public:
  struct Options {
    // The store's. They come without a token, as readers.
    std::string address;
    int count = 1000;
    // How many share a connection.
    int per_connection = 100;
    int sleepers = 0;
    users::v1::WatchRequest request;
  };

  explicit CrowdOfWatchers(const Options& options);
  // Ends all streams.
  ~CrowdOfWatchers();

  // Whether every stream has begun.
  bool HasBegun() const;

  // Whether those who do not sleep have been told everything up to a sequence.
  bool AwakeHave(int64_t sequence) const;
  // The same for all.
  bool AllHave(int64_t sequence) const;

  void WakeAll();

  // How many streams have ended, and how many saw a gap or a repeat.
  int ended() const;
  int wrong() const;

 private:
  using Stub = users::v1::ChangeFeedService::Stub;
  class Stream;

  std::vector<std::unique_ptr<Stub>> stubs_;
  std::vector<std::unique_ptr<Stream>> streams_;
};

}  // namespace usersync::tests
