#include "store/chain_check.h"

#include <gtest/gtest.h>

namespace usersync::store {
namespace {

const std::string kNone(32, '\0');

VersionRecord Version(int64_t sequence, int64_t object_id, int32_t version,
                      const std::string& previous_hash, const std::string& hash) {
  VersionRecord record;
  record.sequence = sequence;
  record.object_id = object_id;
  record.version = version;
  record.previous_hash = previous_hash;
  record.hash = hash;
  return record;
}

TEST(ChainCheck, FollowsEachUser) {
  ChainCheck chain(1, 10);
  EXPECT_EQ(chain.Add(Version(1, 1, 1, kNone, "a")), "");
  EXPECT_EQ(chain.Add(Version(2, 2, 1, kNone, "b")), "");
  EXPECT_EQ(chain.Add(Version(3, 1, 2, "a", "c")), "");
  EXPECT_EQ(chain.Take(1).sequence, 3);
  EXPECT_EQ(chain.Take(1).sequence, 0);
  EXPECT_EQ(chain.rest().size(), 1);
}

TEST(ChainCheck, FindsAVersionThatIsMissingOrAnothers) {
  ChainCheck chain(1, 10);
  EXPECT_EQ(chain.Add(Version(1, 1, 2, "a", "b")), "version 2 stands where 1 should");
  EXPECT_EQ(chain.Add(Version(2, 2, 1, "a", "c")),
            "does not continue the user's version before (prev_hash)");
  EXPECT_EQ(chain.Add(Version(3, 2, 2, "b", "d")),
            "does not continue the user's version before (prev_hash)");
}

TEST(ChainCheck, GoesOnAfterWhatIsArchived) {
  ChainCheck chain(1, 10);
  chain.Begin(1, {7, 3, "a"});
  chain.Begin(2, {8, 1, "b"});
  EXPECT_EQ(chain.Add(Version(9, 1, 4, "a", "c")), "");
  EXPECT_EQ(chain.Add(Version(10, 2, 2, "c", "d")),
            "does not continue the user's version before (prev_hash)");
  EXPECT_EQ(chain.Take(1).sequence, 9);
}

TEST(ChainCheck, LeavesOtherUsersAlone) {
  ChainCheck chain(5, 10);
  EXPECT_EQ(chain.Add(Version(1, 4, 7, "x", "y")), "");
  EXPECT_EQ(chain.Add(Version(2, 11, 7, "x", "y")), "");
  EXPECT_TRUE(chain.rest().empty());
}

}  // namespace
}  // namespace usersync::store
