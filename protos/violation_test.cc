#include "protos/violation.h"

#include <gmock/gmock.h>

#include <set>

#include "absl/strings/str_cat.h"

namespace usersync {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using users::v1::ErrorReason;

TEST(Violation, HasATextOfItsOwnForEveryReasonThatNamesTheField) {
  std::set<std::string> texts;
  for (int number = users::v1::ErrorReason_MIN; number <= users::v1::ErrorReason_MAX; ++number) {
    if (!users::v1::ErrorReason_IsValid(number)) continue;
    const std::string text = Describe(static_cast<ErrorReason>(number), "email");
    EXPECT_THAT(text, StartsWith("email "));
    EXPECT_TRUE(texts.insert(text).second) << text;
  }
  EXPECT_EQ(static_cast<int>(texts.size()), users::v1::ErrorReason_descriptor()->value_count());
}

TEST(Violation, NamesItsReasonWithoutThePrefix) {
  EXPECT_EQ(ReasonName(users::v1::ERROR_REASON_EMAIL_TAKEN), "EMAIL_TAKEN");
  EXPECT_EQ(ReasonName(users::v1::ERROR_REASON_UNSPECIFIED), "UNSPECIFIED");
  EXPECT_EQ(ReasonName(static_cast<ErrorReason>(4711)), "UNSPECIFIED");
}

TEST(Violation, SaysTheRuleAndWhatWasFound) {
  const auto violation = MakeViolation(users::v1::ERROR_REASON_FIELD_INVALID, "status",
                                       "must be 1 to 64 characters", "x");
  EXPECT_EQ(violation.field(), "status");
  EXPECT_EQ(violation.reason(), users::v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(violation.description(),
            "status has a value that is not allowed: must be 1 to 64 characters (got \"x\")");
}

TEST(Violation, CallsTheWholeDocumentByThatName) {
  EXPECT_THAT(Describe(users::v1::ERROR_REASON_TOO_LARGE, ""), StartsWith("the document "));
}

TEST(Violation, CutsTheValueTo64CharactersAndSplitsNone) {
  std::string smiles;
  for (int i = 0; i < 65; ++i) smiles += "😀";
  const std::string text = Describe(users::v1::ERROR_REASON_FIELD_INVALID, "status", "", smiles);
  EXPECT_THAT(text, HasSubstr(absl::StrCat("\"", smiles.substr(0, 64 * 4), "…\"")));
  const std::string whole =
      Describe(users::v1::ERROR_REASON_FIELD_INVALID, "status", "", smiles.substr(4));
  EXPECT_THAT(whole, Not(HasSubstr("…")));
}

TEST(Violation, CanBeSentWhateverBytesItIsAbout) {
  const auto violation = MakeViolation(users::v1::ERROR_REASON_FIELD_UNKNOWN,
                                       std::string(1000, '\xff'), "", "a\x1b[31m\xc3");
  users::v1::Violation parsed;
  EXPECT_TRUE(parsed.ParseFromString(violation.SerializeAsString()));
  EXPECT_LT(parsed.field().size(), 100u);
  EXPECT_THAT(parsed.description(), HasSubstr("\"a?[31m?\""));
}

}  // namespace
}  // namespace usersync
