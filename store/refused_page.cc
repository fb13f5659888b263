#include "store/refused_page.h"

#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "store/field_error.h"
#include "store/page_token.h"
#include "store/refused_row.h"

namespace usersync::store {
namespace {

constexpr int kDefaultPageSize = 100;
constexpr int kMostPageSize = 1000;
// A page is cut here, but holds at least one mutation; gRPC clients take 4 MiB unless told.
constexpr size_t kPageBytes = 2 << 20;
constexpr char kTokenKind[] = "r1";

std::string TokenAfter(int64_t last, const std::string& actor) {
  return EncodePageToken(kTokenKind, absl::StrCat(last, ":", actor));
}

// The number that the page must stay below. Numbers are given in the order of commits, so that
// nothing new ever comes below one that was seen.
absl::StatusOr<int64_t> BelowOf(const users::v1::ListRefusedRequest& request) {
  if (request.page_token().empty()) return std::numeric_limits<int64_t>::max();
  const auto place = DecodePageToken(kTokenKind, request.page_token());
  if (!place.ok()) return place.status();
  const std::pair<std::string, std::string> parts = absl::StrSplit(*place, absl::MaxSplits(':', 1));
  int64_t id = 0;
  if (!absl::SimpleAtoi(parts.first, &id) || id < 1 || parts.second != request.actor()) {
    return PageTokenMalformed();
  }
  return id;
}

absl::Status Check(const users::v1::ListRefusedRequest& request) {
  if (request.page_size() < 0 || request.page_size() > kMostPageSize) {
    return InvalidField(users::v1::ERROR_REASON_FIELD_INVALID, "page_size", "must be 1 to 1000");
  }
  // The database cannot hold U+0000, nor can it be asked for it.
  if (absl::StrContains(request.actor(), '\0')) {
    return InvalidField(users::v1::ERROR_REASON_FIELD_INVALID, "actor", "must not hold U+0000",
                        request.actor());
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<users::v1::ListRefusedResponse> ReadRefusedPage(
    Session& session, const users::v1::ListRefusedRequest& request) {
  if (auto status = Check(request); !status.ok()) return status;
  const auto below = BelowOf(request);
  if (!below.ok()) return below.status();
  const int size = request.page_size() == 0 ? kDefaultPageSize : request.page_size();
  const auto rows =
      session.ExecParams(absl::StrCat("SELECT ", kRefusedColumns, " FROM ", kRefusedRows,
                                      " WHERE r.id < $1 AND ($2 = '' OR r.actor = $2) "
                                      "ORDER BY r.id DESC LIMIT $3"),
                         *below, request.actor(), size + 1);
  if (!rows.ok()) return rows.status();
  users::v1::ListRefusedResponse response;
  size_t bytes = 0;
  for (const pqxx::row& row : *rows) {
    auto refused = ReadRefusedRow(row);
    if (!refused.ok()) return refused.status();
    bytes += refused->ByteSizeLong();
    const int count = response.refused_size();
    if (count == size || (count > 0 && bytes > kPageBytes)) {
      response.set_next_page_token(
          TokenAfter(response.refused(count - 1).refused_id(), request.actor()));
      break;
    }
    *response.add_refused() = *std::move(refused);
  }
  return response;
}

}  // namespace usersync::store
