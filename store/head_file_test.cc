#include "store/head_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <vector>

#include "absl/strings/str_cat.h"

namespace usersync::store {
namespace {

std::string NoteOf(int size) {
  return absl::StrCat("origin\n", size, "\nroot\n\n\xe2\x80\x94 name c2ln\n");
}

class HeadFileTest : public testing::Test {
 protected:
  ~HeadFileTest() override { std::remove(path_.c_str()); }

  // Appends a note; returns what was shown before.
  std::vector<std::string> Extend(HeadFile& file, const std::string& note) {
    std::vector<std::string> seen;
    EXPECT_TRUE(
        file.Extend([&](absl::string_view old) { seen.emplace_back(old); }, [&] { return note; })
            .ok());
    return seen;
  }

  std::vector<std::string> ReadAll() {
    std::vector<std::string> seen;
    EXPECT_TRUE(HeadFile::Read(path_, [&](absl::string_view old) { seen.emplace_back(old); }).ok());
    return seen;
  }

  void Write(const std::string& text) { std::ofstream(path_, std::ios::app) << text; }

  const std::string path_ = absl::StrCat(testing::TempDir(), "heads-", getpid());
};

using Notes = std::vector<std::string>;

TEST_F(HeadFileTest, ShowsEachNoteOnceAndAppends) {
  HeadFile one(path_);
  HeadFile two(path_);
  EXPECT_EQ(Extend(one, NoteOf(1)), Notes{});
  EXPECT_EQ(Extend(two, NoteOf(2)), Notes{NoteOf(1)});
  EXPECT_EQ(Extend(one, ""), Notes{NoteOf(2)});
  EXPECT_EQ(Extend(one, NoteOf(3)), Notes{});
  EXPECT_EQ(ReadAll(), (Notes{NoteOf(1), NoteOf(2), NoteOf(3)}));
}

TEST_F(HeadFileTest, CutsOffWhatWasNotWrittenToItsEnd) {
  Write(NoteOf(1) + "\n" + NoteOf(2).substr(0, 20));
  HeadFile file(path_);
  EXPECT_EQ(Extend(file, NoteOf(3)), Notes{NoteOf(1)});
  EXPECT_EQ(ReadAll(), (Notes{NoteOf(1), NoteOf(3)}));
}

TEST_F(HeadFileTest, KeepsAFileThatIsAnother) {
  Write(std::string(5000, 'x'));
  HeadFile file(path_);
  const auto status = file.Extend([](absl::string_view) {}, [] { return NoteOf(1); });
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
}

TEST_F(HeadFileTest, NoticesThatHeadsWereTakenAway) {
  HeadFile file(path_);
  Extend(file, NoteOf(1));
  std::ofstream(path_, std::ios::trunc) << "";
  const auto status = file.Extend([](absl::string_view) {}, [] { return NoteOf(2); });
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
}

TEST_F(HeadFileTest, AppendsNothingIfThereIsAnError) {
  HeadFile file(path_);
  Extend(file, NoteOf(1));
  const auto status = file.Extend(
      [](absl::string_view) {},
      []() -> absl::StatusOr<std::string> { return absl::FailedPreconditionError("cut"); });
  EXPECT_EQ(status.message(), "cut");
  EXPECT_EQ(ReadAll(), Notes{NoteOf(1)});
}

TEST_F(HeadFileTest, IsNotFoundIfItIsNotThere) {
  EXPECT_TRUE(absl::IsNotFound(HeadFile::Read(path_, [](absl::string_view) {})));
}

}  // namespace
}  // namespace usersync::store
