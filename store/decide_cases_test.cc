// Runs tests/cases/merge.json (see the README beside it).
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "protos/violation.h"
#include "store/decide.h"
#include "store/document_json.h"
#include "store/field_value.h"
#include "tests/cases/merge_cases.h"

namespace usersync::store {
namespace {

using rapidjson::Value;
using tests::IsTrue;
using tests::MutationFrom;
using tests::Table;
using tests::Text;
using tests::TextOr;
using tests::UserFrom;
using users::v1::Mutation;

std::optional<CurrentUser> CurrentFrom(const Value& a_case) {
  if (a_case["current"].IsNull()) return std::nullopt;
  CurrentUser current{.object_id = 7, .user = UserFrom(a_case["current"])};
  current.user.set_version(3);
  current.user.set_sequence(9);
  current.erased = IsTrue(a_case, "erased");
  return current;
}

Principal AuthorFrom(const Value& a_case) {
  static const std::map<std::string, Role> roles = {{"none", Role::kNone},
                                                    {"reader", Role::kReader},
                                                    {"writer", Role::kWriter},
                                                    {"admin", Role::kAdmin}};
  return {.actor = "ann", .role = roles.at(TextOr(a_case, "role", "writer"))};
}

Decision Run(const Value& a_case, const Mutation& mutation,
             const std::optional<CurrentUser>& current) {
  std::set<std::string> addresses;
  if (a_case.HasMember("taken")) {
    for (const Value& address : a_case["taken"].GetArray()) addresses.insert(Text(address));
  }
  const auto taken = [&](absl::string_view folded, absl::string_view user_id) {
    EXPECT_EQ(user_id, mutation.user().id());
    return addresses.count(std::string(folded)) > 0;
  };
  return Decide(AuthorFrom(a_case), mutation, current ? &*current : nullptr, taken,
                IsTrue(a_case, "restoring"));
}

std::string ToJson(const google::protobuf::Value& value) {
  if (value.kind_case() == google::protobuf::Value::kBoolValue) {
    return value.bool_value() ? "true" : "false";
  }
  return value.string_value();
}

std::string Side(const Value& conflict, const char* side) {
  if (!conflict.HasMember(side)) return " -";
  const Value& value = conflict[side];
  return absl::StrCat(" =", value.IsBool() ? (value.GetBool() ? "true" : "false") : Text(value));
}

std::vector<std::string> ExpectedConflicts(const Value& expect) {
  std::vector<std::string> lines;
  if (!expect.HasMember("conflicts")) return lines;
  for (const Value& conflict : expect["conflicts"].GetArray()) {
    lines.push_back(absl::StrCat(Text(conflict["field"]), Side(conflict, "base"),
                                 Side(conflict, "mine"), Side(conflict, "theirs")));
  }
  return lines;
}

std::vector<std::string> ActualConflicts(const Decision& decision) {
  std::vector<std::string> lines;
  for (const auto& conflict : decision.conflicts) {
    const auto side = [](bool has, const google::protobuf::Value& value) {
      return has ? absl::StrCat(" =", ToJson(value)) : " -";
    };
    lines.push_back(absl::StrCat(conflict.field(), side(conflict.has_base(), conflict.base()),
                                 side(conflict.has_mine(), conflict.mine()),
                                 side(conflict.has_theirs(), conflict.theirs())));
  }
  return lines;
}

std::vector<std::string> ExpectedViolations(const Value& expect) {
  std::vector<std::string> lines;
  if (!expect.HasMember("violations")) return lines;
  for (const Value& violation : expect["violations"].GetArray()) {
    lines.push_back(absl::StrCat(Text(violation["field"]), " ", Text(violation["reason"])));
  }
  return lines;
}

std::vector<std::string> ActualViolations(const Decision& decision) {
  std::vector<std::string> lines;
  for (const auto& violation : decision.violations) {
    lines.push_back(absl::StrCat(violation.field(), " ", ReasonName(violation.reason())));
  }
  return lines;
}

void ExpectVersion(const Value& expect, const Decision& decision) {
  if (!expect.HasMember("action")) {
    EXPECT_EQ(decision.action, users::v1::ACTION_UNSPECIFIED);
    EXPECT_TRUE(decision.changed_fields.empty());
    return;
  }
  std::string action = Text(expect["action"]);
  std::transform(action.begin(), action.end(), action.begin(), ::toupper);
  EXPECT_EQ(users::v1::Action_Name(decision.action), "ACTION_" + action);
  EXPECT_EQ(CanonicalDocument(decision.document), CanonicalDocument(UserFrom(expect["document"])));
  EXPECT_EQ(decision.document.version(), 0) << "the document holds output-only fields";
  std::vector<std::string> fields;
  for (const Value& field : expect["changed_fields"].GetArray()) fields.push_back(Text(field));
  EXPECT_EQ(decision.changed_fields, fields);
}

void ExpectAudit(const Decision& decision, const Mutation& mutation,
                 const std::optional<CurrentUser>& current) {
  const bool overwrote =
      decision.outcome == users::v1::OUTCOME_MERGED && !decision.conflicts.empty();
  ASSERT_EQ(decision.audit.has_value(), overwrote);
  if (!overwrote) return;
  EXPECT_EQ(decision.audit->base.has_value(), mutation.has_assumed());
  if (decision.audit->base) {
    EXPECT_TRUE(SameDocument(*decision.audit->base, mutation.assumed()));
  }
  EXPECT_TRUE(SameDocument(decision.audit->mine, mutation.user()));
  EXPECT_TRUE(SameDocument(decision.audit->theirs, current->user));
}

void RunCase(const Value& a_case) {
  const Mutation mutation = MutationFrom(a_case);
  const std::optional<CurrentUser> current = CurrentFrom(a_case);
  const Decision decision = Run(a_case, mutation, current);
  const Value& expect = a_case["expect"];
  EXPECT_EQ(users::v1::Outcome_Name(decision.outcome), "OUTCOME_" + Text(expect["outcome"]));
  ExpectVersion(expect, decision);
  ExpectAudit(decision, mutation, current);
  EXPECT_EQ(ActualConflicts(decision), ExpectedConflicts(expect));
  EXPECT_THAT(ActualViolations(decision),
              ::testing::UnorderedElementsAreArray(ExpectedViolations(expect)));
}

class DecideCases : public ::testing::TestWithParam<std::string> {};

TEST_P(DecideCases, EndAsTheTableSays) {
  for (const Value& group : Table()["groups"].GetArray()) {
    if (Text(group["name"]) != GetParam()) continue;
    for (const Value& a_case : group["cases"].GetArray()) {
      SCOPED_TRACE(Text(a_case["name"]));
      RunCase(a_case);
    }
  }
}

std::vector<std::string> GroupNames() {
  std::vector<std::string> names;
  for (const Value& group : Table()["groups"].GetArray()) names.push_back(Text(group["name"]));
  return names;
}

INSTANTIATE_TEST_SUITE_P(Group, DecideCases, ::testing::ValuesIn(GroupNames()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace usersync::store
