#include "bridge/subjects.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace usersync::bridge {
namespace {

constexpr size_t kMostTokenBytes = 64;
constexpr size_t kMostReplyBytes = 256;

bool IsTokenCharacter(char c) { return absl::ascii_isalnum(c) || c == '_' || c == '-'; }

// A subject that names one place: tokens of printable ASCII without wildcards.
bool IsLiteral(absl::string_view subject) {
  if (subject.empty() || subject.size() > kMostReplyBytes) return false;
  for (absl::string_view token : absl::StrSplit(subject, '.')) {
    if (token.empty()) return false;
    for (const char c : token) {
      if (!absl::ascii_isgraph(c) || c == '*' || c == '>') return false;
    }
  }
  return true;
}

}  // namespace

bool IsToken(absl::string_view text) {
  return !text.empty() && text.size() <= kMostTokenBytes &&
         std::all_of(text.begin(), text.end(), IsTokenCharacter);
}

std::string ActorOf(absl::string_view subject, absl::string_view prefix) {
  if (subject.size() <= prefix.size() + 1) return kAnonymousActor;
  return std::string(subject.substr(prefix.size() + 1));
}

std::string ReceiptSubject(absl::string_view actor, absl::string_view token) {
  if (!IsToken(actor) || !IsToken(token)) return "";
  return absl::StrCat("users.receipt.", actor, ".", token);
}

bool MayReply(absl::string_view reply, absl::string_view pull_subject) {
  if (!IsLiteral(reply)) return false;
  if (pull_subject == kPullSubject) return absl::StartsWith(reply, "_INBOX.");
  const std::string actor = ActorOf(pull_subject, kPullSubject);
  return IsToken(actor) && absl::StartsWith(reply, absl::StrCat("inbox.", actor, "."));
}

}  // namespace usersync::bridge
