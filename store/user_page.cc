#include "store/user_page.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "store/field_error.h"
#include "store/history_reader.h"
#include "store/identifiers.h"
#include "store/page_token.h"
#include "store/user_row.h"

namespace usersync::store {
namespace {

constexpr int kDefaultPageSize = 100;
constexpr int kMostPageSize = 1000;
// A page is cut here, but holds at least one user.
constexpr size_t kPageBytes = 2 << 20;
constexpr char kTokenKind[] = "u1";

// The id that the page must stay above.
absl::StatusOr<std::string> AfterOf(const users::v1::ListUsersRequest& request) {
  if (request.page_token().empty()) return "";
  auto after = DecodePageToken(kTokenKind, request.page_token());
  if (after.ok() && !IsUserId(*after)) return PageTokenMalformed();
  return after;
}

}  // namespace

absl::StatusOr<users::v1::GetUserResponse> ReadUser(Session& session,
                                                    const users::v1::GetUserRequest& request) {
  if (auto status = CheckUserId(request.user_id()); !status.ok()) return status;
  const auto rows = session.ExecParams(
      absl::StrCat("SELECT ", kUserColumns, " FROM users WHERE doc_id = $1"), request.user_id());
  if (!rows.ok()) return rows.status();
  if (rows->empty()) {
    return FieldError(absl::StatusCode::kNotFound, users::v1::ERROR_REASON_USER_NOT_FOUND,
                      "user_id", "", request.user_id());
  }
  auto current = ReadUserRow(rows->front());
  if (!current.ok()) return current.status();
  users::v1::GetUserResponse response;
  *response.mutable_user() = std::move(current->user);
  return response;
}

absl::StatusOr<users::v1::ListUsersResponse> ReadUserPage(
    Session& session, const users::v1::ListUsersRequest& request) {
  if (request.page_size() < 0 || request.page_size() > kMostPageSize) {
    return InvalidField(users::v1::ERROR_REASON_FIELD_INVALID, "page_size", "must be 1 to 1000");
  }
  // The database cannot hold U+0000, nor can it be asked for it.
  for (const auto& [field, value] :
       {std::pair{"status", &request.status()}, std::pair{"role", &request.role()},
        std::pair{"email_prefix", &request.email_prefix()}}) {
    if (!absl::StrContains(*value, '\0')) continue;
    return InvalidField(users::v1::ERROR_REASON_FIELD_INVALID, field, "must not hold U+0000",
                        *value);
  }
  const auto after = AfterOf(request);
  if (!after.ok()) return after.status();
  const int size = request.page_size() == 0 ? kDefaultPageSize : request.page_size();
  const auto rows =
      session.ExecParams(absl::StrCat("SELECT ", kUserColumns,
                                      " FROM users WHERE doc_id > $1 AND ($2 OR NOT deleted) "
                                      "AND ($3 = '' OR status = $3) AND ($4 = '' OR role = $4) "
                                      "AND starts_with(email, $5) ORDER BY doc_id LIMIT $6"),
                         *after, request.show_deleted(), request.status(), request.role(),
                         request.email_prefix(), size + 1);
  if (!rows.ok()) return rows.status();
  users::v1::ListUsersResponse response;
  size_t bytes = 0;
  for (const pqxx::row& row : *rows) {
    auto current = ReadUserRow(row);
    if (!current.ok()) return current.status();
    bytes += current->user.ByteSizeLong();
    const int count = response.users_size();
    if (count == size || (count > 0 && bytes > kPageBytes)) {
      response.set_next_page_token(EncodePageToken(kTokenKind, response.users(count - 1).id()));
      break;
    }
    *response.add_users() = std::move(current->user);
  }
  return response;
}

}  // namespace usersync::store
