#include "store/as_of_reader.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "store/field_error.h"
#include "store/history_reader.h"
#include "store/sql_text.h"
#include "store/version_error.h"
#include "store/version_row.h"

namespace usersync::store {
namespace {

using users::v1::GetUserRequest;

// What protobuf allows: the years 0001 to 9999.
constexpr int64_t kLeastSeconds = -62135596800;
constexpr int64_t kMostSeconds = 253402300799;
constexpr int32_t kNanosPerMicro = 1000;

// The head of the feed, and where the user stands in it.
struct Place {
  int64_t head = 0;
  // Microseconds since 1970: when the newest version was committed, and when version 1 of the
  // user was.
  int64_t last_at = 0;
  int64_t created_at = 0;
  std::optional<UserHistory> history;
};

// One statement, so that head and user belong together.
absl::StatusOr<Place> ReadPlace(Session& session, const std::string& user_id) {
  const auto rows = session.ExecParams(
      "SELECT f.head, (extract(epoch FROM f.last_at) * 1000000)::bigint, u.id, u.version, "
      "(extract(epoch FROM u.create_time) * 1000000)::bigint "
      "FROM feed f LEFT JOIN users u ON u.doc_id = $1",
      user_id);
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return absl::InternalError("the table feed is empty: migrate first");
  const pqxx::row row = rows->front();
  Place place{.head = row[0].as<int64_t>(), .last_at = row[1].as<int64_t>()};
  if (!row[2].is_null()) {
    place.history = {row[2].as<int64_t>(), user_id, row[3].as<int32_t>()};
    place.created_at = row[4].as<int64_t>();
  }
  return place;
}

absl::Status CheckTime(const google::protobuf::Timestamp& time, int64_t last_at) {
  if (time.seconds() < kLeastSeconds || time.seconds() > kMostSeconds || time.nanos() < 0 ||
      time.nanos() > 999999999) {
    return InvalidField(users::v1::ERROR_REASON_FIELD_INVALID, "time",
                        "must be in the years 0001 to 9999, with 0 to 999999999 ns");
  }
  const int64_t micros = MicrosOf(time);
  if (micros > last_at || (micros == last_at && time.nanos() % kNanosPerMicro != 0)) {
    return InvalidField(users::v1::ERROR_REASON_TIME_IN_FUTURE, "time",
                        absl::StrCat("that was at ", TimeText(last_at)));
  }
  return absl::OkStatus();
}

absl::Status CheckSequence(int64_t sequence, int64_t head) {
  if (sequence >= 0 && sequence <= head) return absl::OkStatus();
  return InvalidField(users::v1::ERROR_REASON_FIELD_INVALID, "sequence",
                      absl::StrCat("must be 0 to the newest, ", head), absl::StrCat(sequence));
}

absl::Status Check(const GetUserRequest& request, const Place& place) {
  if (request.has_time()) {
    if (auto status = CheckTime(request.time(), place.last_at); !status.ok()) return status;
  }
  if (request.has_sequence()) {
    if (auto status = CheckSequence(request.sequence(), place.head); !status.ok()) return status;
  }
  if (place.history) return absl::OkStatus();
  return FieldError(absl::StatusCode::kNotFound, users::v1::ERROR_REASON_USER_NOT_FOUND, "user_id",
                    "", request.user_id());
}

// Why no version meets it: there was none yet, or it is archived.
absl::Status NoneBefore(Session& session, const UserHistory& history, absl::string_view field) {
  const auto first =
      ReadVersions(session, history, {.above = 0, .below = 2}, /*count=*/1, /*bytes=*/0);
  if (!first.ok()) return first.status();
  return first->empty() ? VersionArchived(field) : UserNotYetCreated(field);
}

// The newest version that meets a condition on `limit`, which is $2.
template <typename Limit>
absl::StatusOr<users::v1::Version> ReadNewest(Session& session, const UserHistory& history,
                                              absl::string_view condition, const Limit& limit,
                                              absl::string_view field) {
  const auto rows = session.ExecParams(
      absl::StrCat("SELECT ", kVersionColumns,
                   " FROM version v JOIN users u ON u.id = v.object_id WHERE v.object_id = $1 AND ",
                   condition, " ORDER BY v.version DESC LIMIT 1"),
      history.object_id, limit);
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return NoneBefore(session, history, field);
  return ReadVersionRow(rows->front());
}

absl::StatusOr<users::v1::Version> ReadVersionAsOf(Session& session, const GetUserRequest& request,
                                                   const Place& place) {
  const UserHistory& history = *place.history;
  if (request.has_version()) return ReadVersion(session, history, request.version(), "version");
  if (request.has_sequence()) {
    return ReadNewest(session, history, "v.id <= $2", request.sequence(), "sequence");
  }
  // PostgreSQL cannot hold every time that protobuf can.
  if (MicrosOf(request.time()) < place.created_at) return UserNotYetCreated("time");
  return ReadNewest(session, history, "v.created_at <= $2::timestamptz",
                    TimeText(MicrosOf(request.time())), "time");
}

// When the tombstone that `version` is was made: an update of a tombstone leaves that alone.
absl::StatusOr<google::protobuf::Timestamp> ReadDeleteTime(Session& session,
                                                           const UserHistory& history,
                                                           int32_t version) {
  const auto rows = session.ExecParams(
      "SELECT (extract(epoch FROM min(v.created_at)) * 1000000)::bigint FROM version v "
      "WHERE v.object_id = $1 AND v.version <= $2 AND v.action IN ('delete', 'erase') "
      "AND v.version > coalesce((SELECT max(w.version) FROM version w WHERE w.object_id = $1 "
      "AND w.version <= $2 AND w.action = 'undelete'), 0)",
      history.object_id, version);
  if (!rows.ok()) return rows.status();
  google::protobuf::Timestamp time;
  if (!rows->front()[0].is_null()) SetTimestamp(rows->front()[0].as<int64_t>(), &time);
  return time;
}

}  // namespace

absl::StatusOr<users::v1::GetUserResponse> ReadUserAsOf(Session& session,
                                                        const GetUserRequest& request) {
  if (auto status = CheckUserId(request.user_id()); !status.ok()) return status;
  const auto place = ReadPlace(session, request.user_id());
  if (!place.ok()) return place.status();
  if (auto status = Check(request, *place); !status.ok()) return status;
  auto version = ReadVersionAsOf(session, request, *place);
  if (!version.ok()) return version.status();
  users::v1::GetUserResponse response;
  if (!version->has_user()) return response;
  users::v1::User& user = *response.mutable_user();
  user = std::move(*version->mutable_user());
  SetTimestamp(place->created_at, user.mutable_create_time());
  *user.mutable_update_time() = version->commit_time();
  if (user.deleted()) {
    const auto time = ReadDeleteTime(session, *place->history, version->version());
    if (!time.ok()) return time.status();
    *user.mutable_delete_time() = *time;
  }
  return response;
}

}  // namespace usersync::store
