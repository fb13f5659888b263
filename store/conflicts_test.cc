#include "store/conflicts.h"

#include <gtest/gtest.h>

#include "store/document_json.h"

namespace usersync::store {
namespace {

Audit StatusAudit() {
  Audit audit;
  audit.base.emplace();
  audit.base->set_id("u1");
  audit.base->set_status("\"quoted\" é");
  audit.mine = *audit.base;
  audit.mine.set_status("paused");
  audit.theirs = *audit.base;
  audit.theirs.set_status("invited");
  return audit;
}

TEST(Conflicts, AreReadBackFromTheirAudit) {
  const auto parsed = ParseAudit(AuditJson(StatusAudit(), "overwrite"));
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  const auto conflicts = ConflictsOf(*parsed);
  ASSERT_EQ(conflicts.size(), 1u);
  EXPECT_EQ(conflicts[0].field(), "status");
  EXPECT_EQ(conflicts[0].base().string_value(), "\"quoted\" é");
  EXPECT_EQ(conflicts[0].mine().string_value(), "paused");
  EXPECT_EQ(conflicts[0].theirs().string_value(), "invited");
}

TEST(Conflicts, OfAnInsertHaveNoBase) {
  Audit audit = StatusAudit();
  audit.base.reset();
  const auto parsed = ParseAudit(AuditJson(audit, "refuse"));
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_FALSE(parsed->base.has_value());
  EXPECT_FALSE(ConflictsOf(*parsed)[0].has_base());
}

TEST(Conflicts, AreNotReadFromADamagedAudit) {
  for (const char* json : {"", "[]", "{}", "{\"base\":1,\"mine\":{},\"theirs\":{}}",
                           "{\"base\":null,\"mine\":{},\"theirs\":[]}"}) {
    EXPECT_EQ(ParseAudit(json).status().code(), absl::StatusCode::kDataLoss) << json;
  }
}

}  // namespace
}  // namespace usersync::store
