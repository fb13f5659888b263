#include "store/erasure_list.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace usersync::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ErasureListTest : public testing::Test {
 protected:
  ~ErasureListTest() override { std::filesystem::remove(path_); }

  std::string Text() {
    std::ifstream file(path_);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  const std::string path_ = testing::TempDir() + "/erasures-" + std::to_string(getpid());
  const ErasureList list_{path_};
};

TEST_F(ErasureListTest, NamesNobodyBeforeTheFirst) { EXPECT_THAT(*list_.Read(), IsEmpty()); }

TEST_F(ErasureListTest, RemembersEachUserOnceForItsOwnerAlone) {
  ASSERT_TRUE(list_.Add({{"u-1", 7, "2024-01-01T00:00:00Z"}}).ok());
  ASSERT_TRUE(list_.Add({{"u-1", 9, "2024-01-02T00:00:00Z"}, {"u-2", 10, "t"}}).ok());
  EXPECT_EQ(Text(), "u-1 7 2024-01-01T00:00:00Z\nu-2 10 t\n");
  EXPECT_THAT(*ErasureList(path_).Read(), ElementsAre("u-1", "u-2"));
  struct stat status;
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(ErasureListTest, CutsOffALineThatWasNotWrittenToItsEnd) {
  ASSERT_TRUE(list_.Add({{"u-1", 7, "t"}}).ok());
  std::ofstream(path_, std::ios::app) << "u-2";
  EXPECT_THAT(*list_.Read(), ElementsAre("u-1"));
  ASSERT_TRUE(list_.Add({{"u-3", 8, "t"}}).ok());
  EXPECT_EQ(Text(), "u-1 7 t\nu-3 8 t\n");
}

TEST_F(ErasureListTest, LeavesAnotherFileAlone) {
  std::ofstream(path_) << "{\"not\": \"ours\"}\n";
  EXPECT_TRUE(absl::IsDataLoss(list_.Read().status()));
  EXPECT_TRUE(absl::IsDataLoss(list_.Add({{"u-1", 7, "t"}})));
  EXPECT_EQ(Text(), "{\"not\": \"ours\"}\n");
}

}  // namespace
}  // namespace usersync::store
