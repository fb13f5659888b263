#include "bridge/update_batch.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "bridge/testing/fake_update_stream.h"

namespace usersync::bridge {
namespace {

UpdateMessage MessageOf(uint64_t sequence, const std::vector<std::string>& ids) {
  std::vector<std::string> documents;
  for (const std::string& id : ids) documents.push_back(DocumentJson(id));
  UpdateMessage message;
  message.subject = "users.update.alice";
  message.payload = absl::StrCat("[", absl::StrJoin(documents, ","), "]");
  message.sequence = sequence;
  message.time_ns = static_cast<int64_t>(sequence) * 1000;
  return message;
}

void Add(const UpdateMessage& message, UpdateBatch& batch) {
  batch.Add(message, DecodeUpdate(message));
}

std::vector<std::string> UsersIn(const UpdateBatch& batch) {
  std::vector<std::string> users;
  for (const auto& entry : batch.request().entries()) users.push_back(entry.mutation().user().id());
  return users;
}

using Ids = std::vector<std::string>;

TEST(UpdateBatch, GoesFromThePositionBeforeItsMessagesToThatOfTheLast) {
  UpdateBatch batch(MakePosition(6, 6000));
  EXPECT_TRUE(batch.empty());
  Add(MessageOf(7, {"a"}), batch);
  Add(MessageOf(9, {"b", "c"}), batch);
  EXPECT_TRUE(SamePosition(batch.request().after(), MakePosition(6, 6000)));
  EXPECT_TRUE(SamePosition(batch.through(), MakePosition(9, 9000)));
  EXPECT_EQ(UsersIn(batch), (Ids{"a", "b", "c"}));
}

TEST(UpdateBatch, KnowsWhoAskedForEachEntry) {
  UpdateBatch batch(MakePosition(0, 0));
  Add(MessageOf(1, {"a"}), batch);
  Add(MessageOf(2, {"b", "c"}), batch);
  ASSERT_EQ(batch.recipients().size(), 3u);
  EXPECT_EQ(batch.recipients()[2].message, 1u);
  EXPECT_EQ(batch.recipients()[2].index, 1u);
  EXPECT_EQ(batch.recipients()[2].mutation_id, "USERS_UPDATE:2:2000/1");
}

TEST(UpdateBatch, HasRoomForOneMessageWhateverItsSizeAndForAThousandEntries) {
  UpdateBatch batch(MakePosition(0, 0));
  const UpdateMessage large = MessageOf(1, Ids(999, "a"));
  EXPECT_TRUE(batch.HasRoomFor(large, DecodeUpdate(large)));
  Add(large, batch);
  const UpdateMessage one = MessageOf(2, {"b"});
  const UpdateMessage two = MessageOf(2, {"b", "c"});
  EXPECT_FALSE(batch.HasRoomFor(two, DecodeUpdate(two)));
  EXPECT_TRUE(batch.HasRoomFor(one, DecodeUpdate(one)));
  EXPECT_FALSE(batch.full());
  Add(one, batch);
  EXPECT_TRUE(batch.full());
}

TEST(UpdateBatch, HasRoomForAboutTwoMegabytes) {
  UpdateBatch batch(MakePosition(0, 0));
  UpdateMessage message;
  message.payload = std::string(500 << 10, ' ');
  for (message.sequence = 1; batch.HasRoomFor(message, {}); ++message.sequence) {
    batch.Add(message, {});
  }
  EXPECT_EQ(batch.messages().size(), 4u);
}

TEST(UpdateBatch, IsSplitBetweenMessages) {
  UpdateBatch batch(MakePosition(0, 0));
  Add(MessageOf(1, {"a"}), batch);
  Add(MessageOf(2, {"b", "c"}), batch);
  Add(MessageOf(3, {"d"}), batch);
  const UpdateBatch later = batch.SplitOff();
  EXPECT_EQ(UsersIn(batch), (Ids{"a"}));
  EXPECT_EQ(UsersIn(later), (Ids{"b", "c", "d"}));
  EXPECT_TRUE(SamePosition(batch.through(), MakePosition(1, 1000)));
  EXPECT_TRUE(SamePosition(later.request().after(), MakePosition(1, 1000)));
  EXPECT_TRUE(SamePosition(later.through(), MakePosition(3, 3000)));
  EXPECT_EQ(later.recipients()[2].message, 1u);
  EXPECT_EQ(later.messages()[1].sequence, 3u);
}

TEST(UpdateBatch, GivesUpALoneMessageInTwoSteps) {
  UpdateBatch batch(MakePosition(0, 0));
  const UpdateMessage message = MessageOf(1, {"a", "b"});
  Add(message, batch);
  ASSERT_TRUE(batch.GiveUpMore());
  ASSERT_EQ(batch.request().entries_size(), 1);
  EXPECT_EQ(batch.request().entries(0).undecodable().payload(), message.payload);
  EXPECT_EQ(batch.request().entries(0).actor(), "alice");

  users::internal::v1::IngestResponse response;
  response.add_receipts()->set_outcome(users::v1::OUTCOME_INVALID);
  response.add_refused_ids(5);
  for (size_t i : {0, 1}) {
    ASSERT_NE(batch.ReceiptOf(i, response), nullptr);
    EXPECT_EQ(batch.ReceiptOf(i, response)->outcome(), users::v1::OUTCOME_INVALID);
  }
  EXPECT_EQ(batch.RefusedIdOf(0, response), 5);
  EXPECT_EQ(batch.RefusedIdOf(1, response), 0);

  ASSERT_TRUE(batch.GiveUpMore());
  EXPECT_EQ(batch.request().entries_size(), 0);
  EXPECT_TRUE(SamePosition(batch.through(), MakePosition(1, 1000)));
  EXPECT_EQ(batch.ReceiptOf(1, {})->outcome(), users::v1::OUTCOME_INVALID);
  EXPECT_FALSE(batch.GiveUpMore());
}

}  // namespace
}  // namespace usersync::bridge
