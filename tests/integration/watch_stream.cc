#include "tests/integration/watch_stream.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "tests/harness/eventually.h"

namespace usersync::tests {

WatchStream::WatchStream(StoreStub& stub, const users::v1::WatchRequest& request)
    : context_(stub.Context(kPatience)), reader_(stub.feed().Watch(context_.get(), request)) {}

users::v1::WatchResponse WatchStream::Next() {
  users::v1::WatchResponse response;
  if (reader_->Read(&response)) return response;
  throw std::runtime_error("the stream has ended: " + reader_->Finish().error_message());
}

users::v1::Change WatchStream::NextChange() {
  while (next_in_batch_ == batch_.changes().changes_size()) {
    batch_ = Next();
    next_in_batch_ = 0;
  }
  return batch_.changes().changes(next_in_batch_++);
}

grpc::Status WatchStream::End() {
  users::v1::WatchResponse response;
  EXPECT_FALSE(reader_->Read(&response));
  return reader_->Finish();
}

void Replica::Take(const users::v1::WatchResponse& response) {
  checkpoint_ = response.checkpoint();
  if (response.has_snapshot()) {
    EXPECT_FALSE(complete_) << "a page after the end of the snapshot";
    EXPECT_GT(response.snapshot().users_size(), 0);
    ++pages_;
  }
  for (const users::v1::User& user : response.snapshot().users()) {
    EXPECT_GT(user.sequence(), last_) << "users are not in order of sequence";
    EXPECT_FALSE(user.deleted());
    last_ = user.sequence();
    living_[user.id()] = DocumentText(user);
    ++user_count_;
  }
  if (response.has_snapshot_end()) {
    complete_ = true;
    EXPECT_EQ(response.snapshot_end().user_count(), user_count_);
  }
  for (const users::v1::Change& change : response.changes().changes()) {
    const users::v1::Version& version = change.version();
    if (last_change_ != 0) {
      EXPECT_EQ(version.sequence(), last_change_ + 1) << "a gap";
    }
    EXPECT_GT(version.sequence(), last_);
    last_change_ = last_ = version.sequence();
    if (version.user().deleted()) {
      living_.erase(version.user_id());
    } else {
      living_[version.user_id()] = DocumentText(version.user());
    }
  }
}

std::string DocumentText(users::v1::User user) {
  user.clear_version();
  user.clear_sequence();
  user.clear_create_time();
  user.clear_update_time();
  user.clear_delete_time();
  return user.ShortDebugString();
}

}  // namespace usersync::tests
