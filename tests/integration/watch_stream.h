// One Watch stream as a client reads it, one response at a time.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "tests/harness/store_stub.h"

namespace usersync::tests {

class WatchStream {
 public:
  WatchStream(StoreStub& stub, const users::v1::WatchRequest& request);
  ~WatchStream() { context_->TryCancel(); }

  // The next response. Throws if the stream ends.
  users::v1::WatchResponse Next();

  // The next change; goes over heartbeats.
  users::v1::Change NextChange();

  // How the stream ends, for one that sends nothing.
  grpc::Status End();

 private:
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientReader<users::v1::WatchResponse>> reader_;
  users::v1::WatchResponse batch_;
  int next_in_batch_ = 0;
};

// What a client knows of the users from a snapshot and changes, and what is wrong with what it was
// told.
class Replica {
 public:
  void Take(const users::v1::WatchResponse& response);

  // The sequence of the newest change or user that it was told.
  int64_t last() const { return last_; }
  // Whether SnapshotEnd has come.
  bool complete() const { return complete_; }
  int pages() const { return pages_; }
  const std::string& checkpoint() const { return checkpoint_; }

  // The users that live, by id, as documents.
  const std::map<std::string, std::string>& living() const { return living_; }

 private:
  std::map<std::string, std::string> living_;
  std::string checkpoint_;
  int64_t last_ = 0;
  int64_t user_count_ = 0;
  // 0 before the first change.
  int64_t last_change_ = 0;
  int pages_ = 0;
  bool complete_ = false;
};

// A user without what only the store knows.
std::string DocumentText(users::v1::User user);

}  // namespace usersync::tests
