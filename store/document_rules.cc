#include "store/document_rules.h"

#include <algorithm>
#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "protos/violation.h"
#include "store/document_json.h"
#include "store/email.h"
#include "store/field_value.h"
#include "store/identifiers.h"
#include "store/timestamp.h"

namespace usersync::store {
namespace {

using google::protobuf::FieldDescriptor;
using users::v1::User;
using users::v1::Violation;

constexpr size_t kMostReasonLength = 1024;
constexpr size_t kMostWordLength = 64;
// A byte takes at most this many as JSON (\u0001); names and quotes are in the allowance.
constexpr size_t kMostBytesPerByte = 6;
constexpr size_t kNamesAllowance = 4096;
constexpr int kFirstOutputOnlyNumber = 100;

struct Rule {
  const char* field;
  bool (*holds)(absl::string_view value);
  bool is_required;
  const char* text;
};

bool IsWord(absl::string_view text) { return IsText(text, kMostWordLength); }

bool HasNoNul(absl::string_view text) { return IsText(text, std::numeric_limits<size_t>::max()); }

constexpr char kTimeText[] =
    "must be a real time in UTC like 2024-01-01T00:00:00Z, with at most 6 digits of fraction";

constexpr Rule kRules[] = {
    {"id", IsUserId, true, "must be 1 to 128 characters of [A-Za-z0-9_-]"},
    {"email", IsEmail, true,
     "must be an address like name@example.com of at most 320 bytes, without white space"},
    {"status", IsWord, true, "must be 1 to 64 characters, none of them U+0000"},
    {"role", IsWord, false, "must be at most 64 characters, none of them U+0000"},
    {"created_at", IsTimestamp, true, kTimeText},
    {"updated_at", IsTimestamp, true, kTimeText},
};
// Whatever text a later schema adds.
constexpr Rule kOtherText = {"", HasNoNul, false, "must not hold U+0000"};

struct RuledField {
  const DocumentField* field;
  const Rule* rule;
};

const std::vector<RuledField>& RuledFields() {
  static const auto& fields = *new std::vector<RuledField>([] {
    std::vector<RuledField> ruled;
    for (const DocumentField& field : DocumentFields()) {
      if (field.descriptor->cpp_type() != FieldDescriptor::CPPTYPE_STRING) continue;
      const Rule* rule = std::find_if(std::begin(kRules), std::end(kRules), [&](const Rule& other) {
        return field.json_name == other.field;
      });
      ruled.push_back({&field, rule == std::end(kRules) ? &kOtherText : rule});
    }
    return ruled;
  }());
  return fields;
}

class DocumentChecker {
 public:
  DocumentChecker(absl::string_view part, std::vector<Violation>& violations)
      : part_(part), violations_(violations) {}

  void CheckField(const User& user, const RuledField& ruled) {
    static const auto* reflect = User::GetReflection();
    std::string scratch;
    const absl::string_view value =
        reflect->GetStringReference(user, ruled.field->descriptor, &scratch);
    const Rule& rule = *ruled.rule;
    if (value.empty() && rule.is_required) {
      Add(users::v1::ERROR_REASON_FIELD_REQUIRED, ruled.field->json_name, rule.text);
    } else if (!value.empty() && !rule.holds(value)) {
      Add(users::v1::ERROR_REASON_FIELD_INVALID, ruled.field->json_name, rule.text, value);
    }
  }

  // A field of a newer schema: to leave it out would lose what its author wrote.
  void CheckUnknownFields(const User& user) {
    const auto& unknown = User::GetReflection()->GetUnknownFields(user);
    for (int i = 0; i < unknown.field_count(); ++i) {
      const int number = unknown.field(i).number();
      if (number >= kFirstOutputOnlyNumber) continue;
      Add(users::v1::ERROR_REASON_FIELD_UNKNOWN, absl::StrCat(number),
          "a newer schema's field number");
    }
  }

  void CheckSize(const User& user) {
    const size_t most_bytes = user.ByteSizeLong() * kMostBytesPerByte + kNamesAllowance;
    if (most_bytes > kMostDocumentBytes && CanonicalDocument(user).size() > kMostDocumentBytes) {
      violations_.push_back(MakeViolation(users::v1::ERROR_REASON_TOO_LARGE, part_,
                                          "must be at most 64 KiB as JSON"));
    }
  }

 private:
  void Add(users::v1::ErrorReason reason, absl::string_view field, absl::string_view rule,
           absl::string_view value = "") {
    violations_.push_back(
        MakeViolation(reason, absl::StrCat(part_, part_.empty() ? "" : ".", field), rule, value));
  }

  const absl::string_view part_;
  std::vector<Violation>& violations_;
};

}  // namespace

bool IsReason(absl::string_view text) { return IsText(text, kMostReasonLength); }

bool IsText(absl::string_view text, size_t most) {
  size_t characters = 0;
  for (const char c : text) {
    if (c == '\0') return false;
    if ((c & 0xc0) != 0x80) ++characters;
  }
  return characters <= most;
}

void CheckDocument(const User& user, absl::string_view part, const User* current,
                   std::vector<Violation>& violations) {
  DocumentChecker checker(part, violations);
  for (const RuledField& ruled : RuledFields()) {
    if (current != nullptr && SameValue(*current, user, *ruled.field)) continue;
    checker.CheckField(user, ruled);
  }
  checker.CheckUnknownFields(user);
  checker.CheckSize(user);
}

}  // namespace usersync::store
