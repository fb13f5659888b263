#include "store/sql_text.h"

#include <gtest/gtest.h>

namespace usersync::store {
namespace {

TEST(SqlText, QuotesArrays) {
  EXPECT_EQ(ArrayLiteral({}), "{}");
  EXPECT_EQ(ArrayLiteral({"a", "", "b\"c\\d", "NULL", "{,}"}),
            "{\"a\",\"\",\"b\\\"c\\\\d\",\"NULL\",\"{,}\"}");
}

TEST(SqlText, CarriesBytesBothWays) {
  const std::string bytes("\x00\x7f\xff", 3);
  EXPECT_EQ(ByteaLiteral(bytes), "\\x007fff");
  EXPECT_EQ(ParseBytea("\\x007fff"), bytes);
  EXPECT_EQ(ParseBytea("007fff"), "");
  std::string json;
  AppendJsonBytea(bytes, json);
  EXPECT_EQ(json, "\"\\\\x007fff\"");
}

TEST(SqlText, CarriesUuidsBothWays) {
  const std::string text = "01234567-89ab-cdef-0123-456789abcdef";
  EXPECT_EQ(ParseUuid(text).size(), 16u);
  EXPECT_EQ(UuidText(ParseUuid(text)), text);
}

TEST(SqlText, IsExactToTheMicrosecond) {
  EXPECT_EQ(TimeText(1704153600000001), "2024-01-02T00:00:00.000001Z");
  google::protobuf::Timestamp time;
  SetTimestamp(1704153600000001, &time);
  EXPECT_EQ(MicrosOf(time), 1704153600000001);
}

}  // namespace
}  // namespace usersync::store
