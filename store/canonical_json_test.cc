#include "store/canonical_json.h"

#include <gtest/gtest.h>

namespace usersync::store {
namespace {

TEST(CanonicalJson, SortsKeysAndDropsSpaces) {
  EXPECT_EQ(CanonicalJson(R"({"b": {"d": null, "c": [true, "x"]}, "a": false})").value(),
            R"({"a":false,"b":{"c":[true,"x"],"d":null}})");
}

TEST(CanonicalJson, EscapesOnlyWhatItMust) {
  EXPECT_EQ(CanonicalJson(R"({"s": "\u00e9\"\n\u0001\/"})").value(),
            "{\"s\":\"é\\\"\\n\\u0001/\"}");
}

TEST(CanonicalJson, RefusesNumbersAndWhatIsNoJson) {
  EXPECT_FALSE(CanonicalJson(R"({"n": 1})").ok());
  EXPECT_FALSE(CanonicalJson(R"({"n": )").ok());
  EXPECT_FALSE(CanonicalJson("").ok());
}

}  // namespace
}  // namespace usersync::store
