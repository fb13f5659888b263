#include "store/identifiers.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace usersync::store {
namespace {

constexpr size_t kMostIdLength = 128;
constexpr size_t kMostActorLength = 64;

bool IsWordCharacter(char c) { return absl::ascii_isalnum(c) || c == '_' || c == '-'; }

bool IsMutationIdCharacter(char c) { return IsWordCharacter(c) || c == '.' || c == '~'; }

template <typename Good>
bool AllOf(absl::string_view text, size_t most, Good good) {
  return !text.empty() && text.size() <= most && std::all_of(text.begin(), text.end(), good);
}

// Takes `mark` and a number after it off the front.
bool TakeNumber(char mark, absl::string_view& text) {
  if (text.empty() || text.front() != mark) return false;
  text.remove_prefix(1);
  const auto end = std::find_if_not(text.begin(), text.end(), absl::ascii_isdigit);
  const auto digits = static_cast<size_t>(end - text.begin());
  text.remove_prefix(digits);
  return digits > 0;
}

}  // namespace

bool IsUserId(absl::string_view id) { return AllOf(id, kMostIdLength, IsWordCharacter); }

bool IsActor(absl::string_view actor) { return AllOf(actor, kMostActorLength, IsWordCharacter); }

bool IsClientMutationId(absl::string_view id) {
  return AllOf(id, kMostIdLength, IsMutationIdCharacter);
}

bool IsDerivedMutationId(absl::string_view id) {
  const size_t mark = id.find(':');
  if (id.size() > kMostIdLength || mark == absl::string_view::npos) return false;
  if (!AllOf(id.substr(0, mark), kMostIdLength, IsWordCharacter)) return false;
  id.remove_prefix(mark);
  if (!TakeNumber(':', id) || !TakeNumber(':', id)) return false;
  return id.empty() || (TakeNumber('/', id) && id.empty());
}

}  // namespace usersync::store
