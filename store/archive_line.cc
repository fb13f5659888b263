#include "store/archive_line.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace usersync::store {
namespace {

// An actor holds no quotes, and neither do entry, hash and user anything that was typed: so the
// first of the one and the last of the others are not part of a body.
constexpr char kBody[] = ",\"body\":";
constexpr char kEntry[] = ",\"entry\":{";
constexpr char kUser[] = "\",\"user\":\"";

absl::string_view EntryOf(absl::string_view line) {
  const size_t entry = line.rfind(kEntry);
  return entry == absl::string_view::npos ? "" : line.substr(entry);
}

}  // namespace

absl::string_view UserOfLine(absl::string_view line) {
  const size_t user = line.rfind(kUser);
  if (user == absl::string_view::npos) return "";
  line.remove_prefix(user + sizeof(kUser) - 1);
  return absl::ConsumeSuffix(&line, "\"}") ? line : "";
}

bool HasErasableBody(absl::string_view line) {
  const size_t body = line.find(kBody);
  if (body == absl::string_view::npos) return false;
  return absl::StartsWith(line.substr(body), absl::StrCat(kBody, "{")) &&
         !absl::StartsWith(EntryOf(line), absl::StrCat(kEntry, "\"action\":\"erase\""));
}

std::string WithoutBody(absl::string_view line) {
  return absl::StrCat(line.substr(0, line.find(kBody)), kBody, "null,\"body_salt\":null",
                      EntryOf(line));
}

}  // namespace usersync::store
