#include "store/archive_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"

namespace usersync::store {
namespace {

class ArchiveFileTest : public testing::Test {
 protected:
  ArchiveFileTest() {
    std::string name = testing::TempDir() + "/archive-XXXXXX";
    directory_ = mkdtemp(name.data());
  }
  ~ArchiveFileTest() override { std::filesystem::remove_all(directory_); }

  std::string path() const { return directory_ + "/file.jsonl"; }

  static std::string Text(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  std::string directory_;
};

TEST_F(ArchiveFileTest, StandsAtItsPlaceWhenItIsWhole) {
  const auto file = ArchiveFile::Create(path()).value();
  ASSERT_TRUE(file->AddLine("one").ok());
  ASSERT_TRUE(file->AddLine("two").ok());
  EXPECT_EQ(file->Seal().value(), Sha256("one\ntwo\n"));
  EXPECT_FALSE(std::filesystem::exists(path()));
  ASSERT_TRUE(PutInPlace(path()).ok());
  EXPECT_EQ(Text(path()), "one\ntwo\n");
  EXPECT_FALSE(std::filesystem::exists(path() + ".partial"));
}

TEST_F(ArchiveFileTest, IsItsOwnersAlone) {
  ASSERT_TRUE(ArchiveFile::Create(path()).value()->Seal().ok());
  ASSERT_TRUE(PutInPlace(path()).ok());
  struct stat status;
  ASSERT_EQ(stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(ArchiveFileTest, BeginsAgainWhereOneWasLeftUnfinished) {
  ASSERT_TRUE(ArchiveFile::Create(path()).value()->AddLine("lost").ok());
  std::ofstream(path() + ".partial") << "of a crash\n";
  const auto file = ArchiveFile::Create(path()).value();
  ASSERT_TRUE(file->AddLine("kept").ok());
  ASSERT_TRUE(file->Seal().ok());
  ASSERT_TRUE(PutInPlace(path()).ok());
  EXPECT_EQ(Text(path()), "kept\n");
}

TEST_F(ArchiveFileTest, HasTheDigestThatItSays) {
  const auto file = ArchiveFile::Create(path()).value();
  for (int i = 0; i < 100000; ++i) ASSERT_TRUE(file->AddLine(absl::StrCat("line ", i)).ok());
  const auto digest = file->Seal();
  ASSERT_TRUE(digest.ok()) << digest.status();
  ASSERT_TRUE(PutInPlace(path()).ok());
  EXPECT_EQ(DigestOfFile(path()).value(), *digest);
  EXPECT_TRUE(absl::IsNotFound(DigestOfFile(directory_ + "/none").status()));
}

TEST_F(ArchiveFileTest, SaysWhereItCannotBe) {
  const auto status = ArchiveFile::Create(directory_ + "/none/file").status();
  EXPECT_EQ(status.message(), directory_ +
                                  "/none/file.partial: cannot be made: "
                                  "No such file or directory");
}

}  // namespace
}  // namespace usersync::store
