#include "store/version_page.h"

#include <limits>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "store/field_error.h"
#include "store/history_reader.h"
#include "store/page_token.h"

namespace usersync::store {
namespace {

constexpr int kDefaultPageSize = 100;
constexpr int kMostPageSize = 1000;
// A page is cut here, but holds at least one version; gRPC clients take 4 MiB unless told.
constexpr size_t kPageBytes = 2 << 20;
constexpr char kTokenKind[] = "v1";

// A token names the last version of the page before, and whose it is: newer versions come before
// that, and change nothing of what follows.
std::string TokenAfter(const users::v1::Version& last) {
  return EncodePageToken(kTokenKind, absl::StrCat(last.version(), ":", last.user_id()));
}

// The version that the page must stay below.
absl::StatusOr<int32_t> BelowOf(const users::v1::ListVersionsRequest& request) {
  if (request.page_token().empty()) return std::numeric_limits<int32_t>::max();
  const auto place = DecodePageToken(kTokenKind, request.page_token());
  if (!place.ok()) return place.status();
  const std::pair<std::string, std::string> parts = absl::StrSplit(*place, absl::MaxSplits(':', 1));
  int32_t version = 0;
  if (!absl::SimpleAtoi(parts.first, &version) || version < 1 ||
      parts.second != request.user_id()) {
    return PageTokenMalformed();
  }
  return version;
}

}  // namespace

absl::StatusOr<users::v1::ListVersionsResponse> ReadVersionPage(
    Session& session, const users::v1::ListVersionsRequest& request) {
  if (request.page_size() < 0 || request.page_size() > kMostPageSize) {
    return InvalidField(users::v1::ERROR_REASON_FIELD_INVALID, "page_size", "must be 1 to 1000");
  }
  const auto below = BelowOf(request);
  if (!below.ok()) return below.status();
  const auto history = FindHistory(session, request.user_id());
  if (!history.ok()) return history.status();
  const int size = request.page_size() == 0 ? kDefaultPageSize : request.page_size();
  auto versions =
      ReadVersions(session, *history, {.below = *below, .newest_first = true}, size, kPageBytes);
  if (!versions.ok()) return versions.status();
  users::v1::ListVersionsResponse response;
  for (users::v1::Version& version : *versions) {
    if (!request.include_proof()) version.clear_proof();
    *response.add_versions() = std::move(version);
  }
  if (!response.versions().empty()) {
    const users::v1::Version& last = *response.versions().rbegin();
    if (last.version() > 1) response.set_next_page_token(TokenAfter(last));
  }
  return response;
}

}  // namespace usersync::store
