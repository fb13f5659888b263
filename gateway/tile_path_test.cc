#include "gateway/tile_path.h"

#include <gtest/gtest.h>

namespace usersync::gateway {
namespace {

TEST(TilePath, IsReadAsTlogTilesWritesIt) {
  EXPECT_EQ(ParseTilePath("0/000"), (TilePath{0, 0, 256}));
  EXPECT_EQ(ParseTilePath("1/067.p/8"), (TilePath{1, 67, 8}));
  EXPECT_EQ(ParseTilePath("0/x001/x234/067"), (TilePath{0, 1234067, 256}));
  EXPECT_EQ(ParseTilePath("0/x001/x234/067.p/255"), (TilePath{0, 1234067, 255}));
  EXPECT_EQ(ParseTilePath("7/x001/000"), (TilePath{7, 1000, 256}));
}

TEST(TilePath, IsTheOnlyOneOfItsTile) {
  for (const char* path : {"",
                           "0",
                           "0/",
                           "0/0",
                           "0/0000",
                           "00/000",
                           "8/000",
                           "-1/000",
                           "0/x000/001",
                           "0/x001",
                           "0/001/002",
                           "0/x1/002",
                           "0/000.p",
                           "0/000.p/",
                           "0/000.p/0",
                           "0/000.p/256",
                           "0/000.p/01",
                           "0/000/8",
                           "0/000.p/8/9",
                           "0/ 00",
                           "0/+01",
                           "0/x001/x002/x003/x004/x005/x006/007",
                           "entries/000",
                           "0/.p/8",
                           "/0/000",
                           "0/000/"}) {
    EXPECT_FALSE(ParseTilePath(path)) << path;
  }
}

}  // namespace
}  // namespace usersync::gateway
