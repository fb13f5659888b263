// The log as a gateway serves it to witnesses and monitors (C2SP tlog-tiles): whoever fetches tiles
// alone comes to the root that the checkpoint signs.
#include <gmock/gmock.h>

#include <fstream>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "tests/harness/eventually.h"
#include "tests/harness/gateway.h"
#include "tests/harness/http_client.h"
#include "tests/harness/must.h"
#include "tests/integration/logged_store.h"

namespace usersync::tests {
namespace {

using testing::HasSubstr;

constexpr int64_t kTileWidth = 256;
constexpr size_t kHashBytes = 32;

struct Checkpoint {
  std::string note;
  int64_t size = 0;
  std::string root;
};

class LogDoor : public testing::Test {
 protected:
  void SetUp() override { gateway_.Start(); }

  HttpAnswer Get(const std::string& path) const {
    return HttpClient(gateway_.http_port()).Ask("GET", path);
  }

  Checkpoint Newest() const {
    Checkpoint checkpoint;
    checkpoint.note = Get("/log/checkpoint").body;
    const std::vector<std::string> lines = absl::StrSplit(checkpoint.note, '\n');
    EXPECT_TRUE(absl::SimpleAtoi(lines.at(1), &checkpoint.size)) << checkpoint.note;
    EXPECT_TRUE(absl::Base64Unescape(lines.at(2), &checkpoint.root)) << checkpoint.note;
    return checkpoint;
  }

  // The hashes of a tile that is `width` wide.
  Hashes Tile(int level, int64_t number, int64_t width) const {
    const std::string part = width == kTileWidth ? "" : absl::StrCat(".p/", width);
    const HttpAnswer answer = Get(absl::StrFormat("/log/tile/%d/%03d%s", level, number, part));
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.header("content-type"), "application/octet-stream");
    EXPECT_THAT(answer.header("cache-control"), HasSubstr("immutable"));
    EXPECT_EQ(answer.body.size(), width * kHashBytes);
    Hashes hashes;
    for (int64_t i = 0; i < width; ++i) {
      hashes.push_back(answer.body.substr(i * kHashBytes, kHashBytes));
    }
    return hashes;
  }

  // A whole level, tile by tile, of a log of that many nodes at this level.
  Hashes Level(int level, int64_t nodes) const {
    Hashes hashes;
    for (int64_t first = 0; first < nodes; first += kTileWidth) {
      for (std::string& hash :
           Tile(level, first / kTileWidth, std::min(kTileWidth, nodes - first))) {
        hashes.push_back(std::move(hash));
      }
    }
    return hashes;
  }

  void ExpectTilesOf(const Checkpoint& checkpoint) const {
    const Hashes leaves = Level(0, checkpoint.size);
    EXPECT_EQ(MerkleRoot(leaves, 0, leaves.size()), checkpoint.root);
    const Hashes roots = Level(1, checkpoint.size / kTileWidth);
    for (size_t i = 0; i < roots.size(); ++i) {
      EXPECT_EQ(roots[i], MerkleRoot(leaves, i * kTileWidth, (i + 1) * kTileWidth)) << i;
    }
  }

  // What the verifier says, which has nothing of ours, of a head and the log's public key.
  std::string Verify(const Checkpoint& checkpoint) {
    const std::string path = store_.line().preparation().LogPath("head");
    std::ofstream(path) << checkpoint.note;
    return Must(
        RunToEnd({.name = "verifier",
                  .argv = {"python3", USERSYNC_SOURCE_DIR "/tests/verifier/usersync_verify.py",
                           "heads", path, store_.line().preparation().secrets_dir + "/log.vkey"}}));
  }

  LoggedStore store_;
  Gateway gateway_{store_.line().preparation(), {store_.line().store().address()}};
};

TEST_F(LogDoor, ServesACheckpointAndTheTilesItIsMadeOf) {
  store_.Write(700);
  const Checkpoint checkpoint = Newest();
  EXPECT_EQ(checkpoint.size, 700);
  EXPECT_THAT(Verify(checkpoint), HasSubstr("holds"));
  ExpectTilesOf(checkpoint);
  // What was served once stays, though the log has grown past it.
  store_.Write(400);
  ExpectTilesOf(checkpoint);
  ExpectTilesOf(Newest());
}

TEST_F(LogDoor, IsEmptyAtFirst) {
  const Checkpoint checkpoint = Newest();
  EXPECT_EQ(checkpoint.size, 0);
  EXPECT_EQ(checkpoint.root, MerkleRoot({}, 0, 0));
  EXPECT_EQ(Get("/log/tile/0/000.p/1").status, 404);
}

TEST_F(LogDoor, HasNoCheckpointWithoutAKey) {
  const Preparation& preparation = store_.line().preparation();
  store_.line().store().SetVariable("USERSYNC_LOG_KEY", preparation.secrets_dir + "/no.key");
  store_.Restart();
  EXPECT_TRUE(Eventually([this] { return Get("/healthz").status == 200; }));
  store_.Write(1);
  const HttpAnswer answer = Get("/log/checkpoint");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.header("content-type"), "application/problem+json");
  EXPECT_EQ(answer.header("cache-control"), "no-store");
  EXPECT_THAT(answer.body, HasSubstr("this log is not signed"));
  // What is not signed is there all the same.
  Tile(0, 0, 1);
}

TEST_F(LogDoor, TellsWhatMayBeKeptAndWhatIsNotThere) {
  store_.Write(300);
  const HttpAnswer checkpoint = Get("/log/checkpoint");
  EXPECT_EQ(checkpoint.header("content-type"), "text/plain; charset=utf-8");
  EXPECT_EQ(checkpoint.header("cache-control"), "no-store");
  for (const char* path :
       {"/log/tile/0/001", "/log/tile/0/001.p/45", "/log/tile/0/002.p/1", "/log/tile/1/000",
        "/log/tile/1/000.p/2", "/log/tile/7/000.p/1", "/log/tile/8/000", "/log/tile/0/1",
        "/log/tile/0/x999/x999/x999/x999/x999/999", "/log/tile/entries/000", "/log/",
        "/log/tile"}) {
    const HttpAnswer answer = Get(path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(answer.header("content-type"), "application/problem+json") << path;
    EXPECT_EQ(answer.header("cache-control"), "no-store") << path;
  }
  EXPECT_EQ(Get("/log/tile/0/001.p/44").status, 200);
  const HttpAnswer post = HttpClient(gateway_.http_port()).Ask("POST", "/log/checkpoint");
  EXPECT_EQ(post.status, 405);
  EXPECT_EQ(post.header("allow"), "GET, HEAD");
}

}  // namespace
}  // namespace usersync::tests
