#include "store/validate.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "protos/document_fields.h"
#include "protos/violation.h"
#include "store/document_json.h"

namespace usersync::store {
namespace {

using users::v1::Mutation;
using users::v1::User;
using users::v1::Violation;

constexpr size_t kMostEmailBytes = 320;
constexpr size_t kMostStatusLength = 64;
constexpr size_t kMostRoleLength = 64;
constexpr size_t kMostReasonLength = 1024;
constexpr size_t kMostMutationIdLength = 128;
constexpr size_t kMostDocumentBytes = 64 << 10;

bool IsWord(absl::string_view text, size_t most) {
  return !text.empty() && text.size() <= most && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '_' || c == '-';
  });
}

// The number of Unicode code points of valid UTF-8.
size_t Length(absl::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; });
}

// The white space of JavaScript's \s, which the browser's copy of the rule uses, beyond ASCII.
bool HasUnicodeSpace(absl::string_view text) {
  for (const char* space :
       {"\u00a0", "\u1680", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000", "\ufeff"}) {
    if (absl::StrContains(text, space)) return true;
  }
  // U+2000 to U+200A.
  for (size_t i = text.find("\xe2\x80"); i != absl::string_view::npos && i + 2 < text.size();
       i = text.find("\xe2\x80", i + 1)) {
    const auto last = static_cast<unsigned char>(text[i + 2]);
    if (last >= 0x80 && last <= 0x8a) return true;
  }
  return false;
}

bool IsDigits(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isdigit(c); });
}

int DaysOf(int year, int month) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

class Checker {
 public:
  explicit Checker(std::string prefix) : prefix_(std::move(prefix)) {}

  void Invalid(absl::string_view field, absl::string_view rule, absl::string_view value) {
    Add(users::v1::ERROR_REASON_FIELD_INVALID, field, rule, value);
  }

  void Add(users::v1::ErrorReason reason, absl::string_view field, absl::string_view rule = "",
           absl::string_view value = "") {
    found_.push_back(MakeViolation(reason, absl::StrCat(prefix_, field), rule, value));
  }

  // A required text field: missing, or breaking its rule.
  void Required(absl::string_view field, absl::string_view value, bool good,
                absl::string_view rule) {
    if (value.empty()) {
      Add(users::v1::ERROR_REASON_FIELD_REQUIRED, field, rule);
    } else if (!good || absl::StrContains(value, '\0')) {
      Invalid(field, rule, value);
    }
  }

  void Document(const User& user) {
    Required("id", user.id(), IsUserId(user.id()), "must be 1 to 128 characters of [A-Za-z0-9_-]");
    Required("email", user.email(), IsEmail(user.email()),
             "must be an e-mail address of at most 320 bytes");
    Required("status", user.status(), Length(user.status()) <= kMostStatusLength,
             "must be 1 to 64 characters");
    if (Length(user.role()) > kMostRoleLength || absl::StrContains(user.role(), '\0')) {
      Invalid("role", "must be at most 64 characters", user.role());
    }
    const char* time_rule =
        "must be a time in UTC as 2024-01-01T00:00:00Z, with at most 6 digits of fraction";
    Required("created_at", user.created_at(), IsTimestamp(user.created_at()), time_rule);
    Required("updated_at", user.updated_at(), IsTimestamp(user.updated_at()), time_rule);
    NoNulElsewhere(user);
    if (user.ByteSizeLong() > kMostDocumentBytes / 8 &&
        CanonicalDocument(user).size() > kMostDocumentBytes) {
      Add(users::v1::ERROR_REASON_TOO_LARGE, "", "the document must be at most 64 KiB");
    }
  }

  std::vector<Violation> Take() { return std::move(found_); }

 private:
  // PostgreSQL holds no U+0000, in whatever field a later schema adds.
  void NoNulElsewhere(const User& user) {
    for (const DocumentField& field : DocumentFields()) {
      const bool checked = field.descriptor->number() <= 6;
      if (checked ||
          field.descriptor->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_STRING) {
        continue;
      }
      std::string scratch;
      const std::string& value =
          User::GetReflection()->GetStringReference(user, field.descriptor, &scratch);
      if (absl::StrContains(value, '\0')) Invalid(field.json_name, "must not hold U+0000", value);
    }
  }

  const std::string prefix_;
  std::vector<Violation> found_;
};

bool IsMutationId(absl::string_view id) {
  const auto good = [](char c) { return absl::ascii_isalnum(c) || absl::StrContains("._~-:/", c); };
  return id.size() <= kMostMutationIdLength && std::all_of(id.begin(), id.end(), good);
}

void CheckAssumption(const Mutation& mutation, Checker& checker) {
  switch (mutation.assumption_case()) {
    case Mutation::kAssumed:
      if (mutation.assumed().id() != mutation.user().id() && !mutation.assumed().id().empty()) {
        checker.Invalid("assumed.id", "must be the id of the document", mutation.assumed().id());
      }
      break;
    case Mutation::kAssumedAbsent:
      if (!mutation.assumed_absent()) {
        checker.Invalid("assumed_absent", "must be true if it is given", "false");
      }
      break;
    case Mutation::kUnconditional:
      if (!mutation.unconditional()) {
        checker.Invalid("unconditional", "must be true if it is given", "false");
      }
      break;
    case Mutation::ASSUMPTION_NOT_SET:
      checker.Add(users::v1::ERROR_REASON_FIELD_REQUIRED, "assumed",
                  "must say what the author believed: a document, or that there is none");
      break;
  }
}

}  // namespace

bool IsUserId(absl::string_view id) { return IsWord(id, 128); }

bool IsActor(absl::string_view actor) { return IsWord(actor, 64); }

bool IsEmail(absl::string_view email) {
  if (email.size() > kMostEmailBytes || HasUnicodeSpace(email)) return false;
  for (const char c : email) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte == 0x7f) return false;
  }
  const size_t at = email.find('@');
  if (at == 0 || at == absl::string_view::npos) return false;
  const absl::string_view domain = email.substr(at + 1);
  if (absl::StrContains(domain, '@')) return false;
  const size_t dot = domain.rfind('.');
  return dot != absl::string_view::npos && dot > 0 && dot + 1 < domain.size();
}

bool IsTimestamp(absl::string_view time) {
  if (time.size() < 20 || time.size() > 27 || time.back() != 'Z') return false;
  if (time[4] != '-' || time[7] != '-' || time[10] != 'T' || time[13] != ':' || time[16] != ':') {
    return false;
  }
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  const std::pair<absl::string_view, int*> parts[] = {
      {time.substr(0, 4), &year},  {time.substr(5, 2), &month},   {time.substr(8, 2), &day},
      {time.substr(11, 2), &hour}, {time.substr(14, 2), &minute}, {time.substr(17, 2), &second}};
  for (const auto& [text, number] : parts) {
    if (!IsDigits(text) || !absl::SimpleAtoi(text, number)) return false;
  }
  const absl::string_view fraction = time.substr(19, time.size() - 20);
  if (!fraction.empty() &&
      (fraction[0] != '.' || fraction.size() < 2 || !IsDigits(fraction.substr(1)))) {
    return false;
  }
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= DaysOf(year, month) &&
         hour <= 23 && minute <= 59 && second <= 59;
}

std::vector<Violation> Validate(const Principal& author, const Mutation& mutation) {
  Checker checker("");
  if (!IsActor(author.actor)) {
    checker.Invalid("actor", "must be 1 to 64 characters of [A-Za-z0-9_-]", author.actor);
  }
  if (mutation.mutation_id().empty()) {
    checker.Add(users::v1::ERROR_REASON_FIELD_REQUIRED, "mutation_id",
                "must be 1 to 128 characters of [A-Za-z0-9._~-]");
  } else if (!IsMutationId(mutation.mutation_id())) {
    checker.Invalid("mutation_id", "must be 1 to 128 characters of [A-Za-z0-9._~-]",
                    mutation.mutation_id());
  }
  if (Length(mutation.reason()) > kMostReasonLength || absl::StrContains(mutation.reason(), '\0')) {
    checker.Invalid("reason", "must be at most 1024 characters, without U+0000", mutation.reason());
  }
  if (!users::v1::ConflictPolicy_IsValid(mutation.conflict_policy())) {
    checker.Invalid("on_conflict", "must be \"refuse\" or \"overwrite\"", "");
  }
  CheckAssumption(mutation, checker);
  checker.Document(mutation.user());
  std::vector<Violation> violations = checker.Take();
  if (mutation.has_assumed()) {
    Checker assumed("assumed.");
    assumed.Document(mutation.assumed());
    for (Violation& violation : assumed.Take()) violations.push_back(std::move(violation));
  }
  return violations;
}

}  // namespace usersync::store
