#include "gateway/page_files.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace usersync::gateway {
namespace {

class PageFilesTest : public testing::Test {
 protected:
  PageFilesTest() {
    std::filesystem::create_directories(parent_ / "page/assets/.hidden");
    Write("secret", "secret");
    Write("page/index.html", "<html>");
    Write("page/assets/app-1f.js", "let x;");
    Write("page/.env", "secret");
    Write("page/assets/.hidden/file", "secret");
    std::filesystem::create_symlink("../secret", parent_ / "page/link");
  }
  ~PageFilesTest() override { std::filesystem::remove_all(parent_); }

  void Write(const std::string& name, const std::string& text) {
    std::ofstream(parent_ / name) << text;
  }

  static std::string MakeFolder() {
    char path[] = "/tmp/gateway-page-XXXXXX";
    return mkdtemp(path);
  }

  const std::filesystem::path parent_ = MakeFolder();
  PageFiles files_{parent_ / "page"};
};

TEST_F(PageFilesTest, FindsWhatIsThereWithItsType) {
  const auto index = files_.Find("/");
  ASSERT_TRUE(index);
  EXPECT_EQ(index->content, "<html>");
  EXPECT_EQ(index->type, "text/html; charset=utf-8");
  EXPECT_FALSE(index->is_immutable);
  const auto script = files_.Find("/assets/app-1f.js");
  ASSERT_TRUE(script);
  EXPECT_EQ(script->type, "text/javascript; charset=utf-8");
  EXPECT_TRUE(script->is_immutable);
}

TEST_F(PageFilesTest, FindsNothingElse) {
  for (const char* path : {"/nothing", "/assets", "/assets/", "/../secret", "/assets/../../secret",
                           "//index.html", "/%2e%2e/secret", "/.env", "/assets/.hidden/file",
                           "/link", "/./index.html", "", "/index.html/"}) {
    EXPECT_FALSE(files_.Find(path)) << path;
  }
  EXPECT_FALSE(PageFiles("").Find("/"));
  EXPECT_FALSE(PageFiles("/nowhere").Find("/"));
}

TEST_F(PageFilesTest, MarksAChangedFile) {
  const std::string before = files_.Find("/index.html")->etag;
  EXPECT_EQ(files_.Find("/")->etag, before);
  Write("page/index.html", "<html lang=en>");
  EXPECT_NE(files_.Find("/")->etag, before);
}

}  // namespace
}  // namespace usersync::gateway
