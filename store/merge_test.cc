#include "store/merge.h"

#include <gtest/gtest.h>

#include <random>

#include "store/document_json.h"
#include "store/field_value.h"
#include "store/timestamp.h"

namespace usersync::store {
namespace {

using users::v1::User;

// A document of few values, so that three of them agree and differ in every way.
User Draw(std::mt19937& random) {
  const auto pick = [&](int count) { return static_cast<int>(random() % count); };
  const auto time = [&] {
    static const char* const times[] = {"2024-01-01T00:00:00Z", "2024-01-01T00:00:00.0Z",
                                        "2024-01-01T00:00:00.5Z"};
    return times[pick(3)];
  };
  User user;
  user.set_id("u1");
  user.set_email(pick(2) == 0 ? "a@x.org" : "b@x.org");
  user.set_status(pick(2) == 0 ? "active" : "paused");
  if (const int role = pick(3); role > 0) user.set_role(role == 1 ? "" : "user");
  user.set_created_at(time());
  user.set_updated_at(time());
  user.set_deleted(pick(3) == 0);
  return user;
}

bool IsTime(const DocumentField& field) {
  return field.json_name == "created_at" || field.json_name == "updated_at";
}

bool IsDisputed(const Merge& merge, const DocumentField& field) {
  for (const auto& conflict : merge.conflicts) {
    if (conflict.field() == field.json_name) return true;
  }
  return false;
}

std::string Show(const User& base, const User& mine, const User& theirs) {
  return "base " + CanonicalDocument(base) + "\nmine " + CanonicalDocument(mine) + "\ntheirs " +
         CanonicalDocument(theirs);
}

// Of any three documents: base, mine, theirs.
template <typename Check>
void ForManyTriples(Check check) {
  std::mt19937 random(20240101);
  for (int i = 0; i < 50000 && !::testing::Test::HasFailure(); ++i) {
    const User base = Draw(random);
    const User mine = Draw(random);
    const User theirs = Draw(random);
    SCOPED_TRACE(Show(base, mine, theirs));
    check(base, mine, theirs);
  }
}

TEST(Merge, LosesNothingSilently) {
  ForManyTriples([](const User& base, const User& mine, const User& theirs) {
    const Merge merge = MergeDocuments(&base, mine, theirs);
    for (const DocumentField& field : DocumentFields()) {
      if (IsTime(field)) continue;
      const bool mine_is_kept = SameValue(merge.document, mine, field);
      const bool theirs_is_kept = SameValue(merge.document, theirs, field);
      if (!SameValue(base, mine, field)) {
        EXPECT_TRUE(mine_is_kept) << field.json_name;
      }
      if (!SameValue(base, theirs, field) && !theirs_is_kept) {
        EXPECT_TRUE(IsDisputed(merge, field)) << field.json_name;
      }
      EXPECT_TRUE(mine_is_kept || theirs_is_kept) << field.json_name;
    }
  });
}

TEST(Merge, FindsTheSameDisputesFromBothSides) {
  ForManyTriples([](const User& base, const User& mine, const User& theirs) {
    const Merge one = MergeDocuments(&base, mine, theirs);
    const Merge other = MergeDocuments(&base, theirs, mine);
    ASSERT_EQ(one.conflicts.size(), other.conflicts.size());
    for (size_t i = 0; i < one.conflicts.size(); ++i) {
      EXPECT_EQ(one.conflicts[i].field(), other.conflicts[i].field());
    }
    if (!one.conflicts.empty()) return;
    for (const DocumentField& field : DocumentFields()) {
      if (!IsTime(field)) {
        EXPECT_TRUE(SameValue(one.document, other.document, field));
      }
    }
  });
}

TEST(Merge, TakesTheLaterUpdateAndTheCurrentCreation) {
  ForManyTriples([](const User& base, const User& mine, const User& theirs) {
    const Merge merge = MergeDocuments(&base, mine, theirs);
    const bool mine_is_later = IsLater(mine.updated_at(), theirs.updated_at());
    EXPECT_EQ(merge.document.updated_at(), mine_is_later ? mine.updated_at() : theirs.updated_at());
    EXPECT_EQ(merge.document.created_at(), theirs.created_at());
  });
}

TEST(Merge, ChangesNothingForAnAuthorWhoChangedNothing) {
  ForManyTriples([](const User& base, const User& /*mine*/, const User& theirs) {
    const Merge merge = MergeDocuments(&base, base, theirs);
    EXPECT_TRUE(merge.conflicts.empty());
    for (const DocumentField& field : DocumentFields()) {
      if (!IsTime(field)) {
        EXPECT_TRUE(SameValue(merge.document, theirs, field));
      }
    }
  });
}

TEST(Merge, OfAnInsertDisputesWhateverDiffers) {
  ForManyTriples([](const User& /*base*/, const User& mine, const User& theirs) {
    const Merge merge = MergeDocuments(nullptr, mine, theirs);
    for (const DocumentField& field : DocumentFields()) {
      if (IsTime(field)) continue;
      EXPECT_EQ(IsDisputed(merge, field), !SameValue(mine, theirs, field)) << field.json_name;
      EXPECT_TRUE(SameValue(merge.document, mine, field)) << field.json_name;
    }
    for (const auto& conflict : merge.conflicts) EXPECT_FALSE(conflict.has_base());
  });
}

TEST(Merge, NeverLetsADeletionMeetAnEditUnseen) {
  ForManyTriples([](const User& base, const User& mine, const User& theirs) {
    if (base.deleted() || mine.deleted() == theirs.deleted()) return;
    const User& living = mine.deleted() ? theirs : mine;
    bool is_edited = false;
    for (const DocumentField& field : DocumentFields()) {
      if (!IsTime(field) && !SameValue(base, living, field)) is_edited = true;
    }
    const Merge merge = MergeDocuments(&base, mine, theirs);
    EXPECT_EQ(IsDisputed(merge, *FindDocumentField("_deleted")), is_edited);
  });
}

TEST(Merge, KeepsDocumentFieldsOnly) {
  std::mt19937 random(1);
  User theirs = Draw(random);
  theirs.set_version(4);
  theirs.set_sequence(9);
  const Merge merge = MergeDocuments(nullptr, Draw(random), theirs);
  EXPECT_EQ(merge.document.version(), 0);
  EXPECT_EQ(merge.document.sequence(), 0);
}

}  // namespace
}  // namespace usersync::store
