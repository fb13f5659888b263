#include "store/erasure_keeper.h"

#include <algorithm>
#include <future>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/log.h"
#include "store/document_rules.h"
#include "store/erasure.h"
#include "store/field_error.h"
#include "store/history_reader.h"
#include "store/random_uuid.h"
#include "store/sql_text.h"

namespace usersync::store {
namespace {

// How many users are erased again in one transaction.
constexpr size_t kErasuresAtOnce = 100;
constexpr absl::Duration kPatience = absl::Seconds(30);

// The second condition is erase_content's.
constexpr char kCount[] =
    "SELECT u.seq, u.version, u.erased, (SELECT count(*) FROM refused r WHERE r.user_id = u.doc_id "
    "OR (r.user_id IS NULL AND position(convert_to('\"' || u.doc_id || '\"', 'UTF8') "
    "IN r.payload) > 0)) FROM users u WHERE u.doc_id = $1";
constexpr char kErased[] =
    "SELECT doc_id, seq, (extract(epoch FROM update_time) * 1000000)::bigint FROM users "
    "WHERE erased ORDER BY seq";
constexpr char kStanding[] = "SELECT doc_id, erased FROM users WHERE doc_id = ANY($1::text[])";

Request RequestTo(UserCommand::Kind kind, const Principal& author, users::v1::User user,
                  std::string reason) {
  Request request;
  request.author = author;
  request.mutation_id = RandomUuid();
  UserCommand command{.kind = kind, .user = std::move(user)};
  command.mutation_id = request.mutation_id;
  command.reason = std::move(reason);
  request.content = std::move(command);
  return request;
}

Request ErasureOf(const Principal& author, const std::string& user_id, std::string reason) {
  users::v1::User user;
  user.set_id(user_id);
  return RequestTo(UserCommand::Kind::kErase, author, std::move(user), std::move(reason));
}

// Nothing of a user whom the database does not know can be said but that there was one.
Request PlaceholderOf(const Principal& author, const std::string& user_id) {
  users::v1::User user = ErasedDocument(user_id);
  user.clear_deleted();
  return RequestTo(UserCommand::Kind::kCreate, author, std::move(user), "");
}

users::v1::EraseUserResponse ResponseOf(const Answer& answer) {
  users::v1::EraseUserResponse response;
  response.set_sequence(answer.receipt.sequence());
  response.set_version_count(answer.receipt.version() - 1);
  response.set_refused_count(answer.unlisted_count);
  return response;
}

absl::Status Check(const users::v1::EraseUserRequest& request) {
  if (auto status = CheckUserId(request.user_id()); !status.ok()) return status;
  if (IsReason(request.reason())) return absl::OkStatus();
  return InvalidField(users::v1::ERROR_REASON_FIELD_INVALID, "reason", kReasonRule,
                      request.reason());
}

absl::Status NotFound(const std::string& user_id) {
  return FieldError(absl::StatusCode::kNotFound, users::v1::ERROR_REASON_USER_NOT_FOUND, "user_id",
                    "", user_id);
}

}  // namespace

void ErasureKeeper::Erase(const Principal& author, const users::v1::EraseUserRequest& request,
                          std::function<bool()> cancelled, Done done) {
  if (auto status = Check(request); !status.ok()) return done(status);
  Submission submission;
  submission.requests.push_back(ErasureOf(author, request.user_id(), request.reason()));
  submission.cancelled = std::move(cancelled);
  submission.done = [this, user_id = request.user_id(),
                     done = std::move(done)](absl::StatusOr<std::vector<Answer>> answers) {
    if (!answers.ok()) return done(answers.status());
    const Answer& answer = answers->front();
    if (!answer.status.ok()) return done(answer.status);
    const auto response = ResponseOf(answer);
    const auto listed =
        list_.Add({{user_id, response.sequence(), TimeText(absl::ToUnixMicros(absl::Now()))}});
    if (!listed.ok()) {
      spdlog::error("the list of erasures misses one: {}", std::string(listed.message()));
      return done(absl::InternalError(
          "the user is erased, but the list of erasures could not be written: ask again"));
    }
    spdlog::info("erased a user: sequence {}, {} versions before it, {} refused mutations",
                 response.sequence(), response.version_count(), response.refused_count());
    done(response);
  };
  sequencer_.Submit(std::move(submission));
}

absl::StatusOr<users::v1::EraseUserResponse> ErasureKeeper::Count(
    Session& session, const users::v1::EraseUserRequest& request) {
  if (auto status = Check(request); !status.ok()) return status;
  const auto rows = session.ExecParams(kCount, request.user_id());
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return NotFound(request.user_id());
  const pqxx::row row = rows->front();
  users::v1::EraseUserResponse response;
  response.set_version_count(row[1].as<int64_t>() - (row[2].as<bool>() ? 1 : 0));
  response.set_refused_count(row[3].as<int64_t>());
  return response;
}

absl::Status ErasureKeeper::Keep() {
  MutexLock lock(mutex_);
  // Read first: what comes meanwhile is for the next time.
  const int64_t generation = feed_.generation();
  const int64_t erasures = feed_.erasures();
  if (generation == generation_ && erasures == erasures_) return absl::OkStatus();
  if (generation != generation_) {
    if (auto status = Restore(); !status.ok()) return status;
  }
  if (auto status = Note(); !status.ok()) return status;
  generation_ = generation;
  erasures_ = erasures;
  return absl::OkStatus();
}

absl::Status ErasureKeeper::Restore() {
  const auto listed = list_.Read();
  if (!listed.ok()) return listed.status();
  for (size_t begin = 0; begin < listed->size(); begin += kErasuresAtOnce) {
    const size_t end = std::min(begin + kErasuresAtOnce, listed->size());
    const std::vector<std::string> ids(listed->begin() + begin, listed->begin() + end);
    const auto rows = pool_.Run(absl::Now() + kPatience, [&](Session& session) {
      return session.ExecParams(kStanding, ArrayLiteral(ids));
    });
    if (!rows.ok()) return rows.status();
    absl::flat_hash_map<std::string, bool> erased;
    for (const pqxx::row& row : *rows) erased[row[0].c_str()] = row[1].as<bool>();
    std::vector<std::string> known;
    std::vector<std::string> unknown;
    for (const std::string& id : ids) {
      const auto found = erased.find(id);
      if (found == erased.end()) {
        unknown.push_back(id);
      } else if (!found->second) {
        known.push_back(id);
      }
    }
    if (auto status = EraseAgain(known, unknown); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status ErasureKeeper::EraseAgain(const std::vector<std::string>& known,
                                       const std::vector<std::string>& unknown) {
  if (known.empty() && unknown.empty()) return absl::OkStatus();
  const Principal author{.actor = "system", .auth = users::v1::AUTH_NONE, .role = Role::kAdmin};
  Submission submission;
  for (const std::string& id : unknown) submission.requests.push_back(PlaceholderOf(author, id));
  for (const auto* ids : {&unknown, &known}) {
    for (const std::string& id : *ids) {
      submission.requests.push_back(ErasureOf(author, id, "erased before; the list says so"));
    }
  }
  auto promise = std::make_shared<std::promise<absl::StatusOr<std::vector<Answer>>>>();
  submission.done = [promise](absl::StatusOr<std::vector<Answer>> answers) {
    promise->set_value(std::move(answers));
  };
  sequencer_.Submit(std::move(submission));
  const auto answers = promise->get_future().get();
  if (!answers.ok()) return answers.status();
  // Another store may have been faster: then there is one of them already, and the erasure finds
  // it.
  for (size_t i = unknown.size(); i < answers->size(); ++i) {
    if (!(*answers)[i].status.ok()) return (*answers)[i].status;
  }
  spdlog::warn("erased {} users again, and {} whom the database did not know: it was restored",
               known.size(), unknown.size());
  return absl::OkStatus();
}

absl::Status ErasureKeeper::Note() {
  const auto rows =
      pool_.Run(absl::Now() + kPatience, [](Session& session) { return session.Exec(kErased); });
  if (!rows.ok()) return rows.status();
  std::vector<Erasure> erasures;
  for (const pqxx::row& row : *rows) {
    erasures.push_back({row[0].c_str(), row[1].as<int64_t>(), TimeText(row[2].as<int64_t>())});
  }
  return list_.Add(erasures);
}

}  // namespace usersync::store
