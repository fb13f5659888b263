#include "store/sequencer.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <future>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/backoff.h"
#include "common/log.h"
#include "common/status.h"
#include "store/batch_reader.h"
#include "store/batch_writer.h"
#include "store/change_record.h"
#include "store/log_builder.h"
#include "store/log_tiles.h"
#include "store/sql_text.h"

namespace usersync::store {
namespace {

// How far ahead of the head the partitions of `version` must reach.
constexpr int64_t kPartitionMargin = 1 << 18;

// How many requests are decided while the database writes the ones before. The first are fewer,
// because the database waits for them.
constexpr size_t kPartSize = 200;
constexpr size_t kFirstPartSize = 50;

// Draws many at once: 16 bytes cost OpenSSL nearly as much as a page of them.
void RandomBytes(char* bytes, size_t count) {
  thread_local std::array<unsigned char, 4096> pool;
  thread_local size_t used = pool.size();
  for (; count > 0; --count, ++bytes) {
    if (used == pool.size()) {
      // A salt that can be guessed would keep no secret.
      if (RAND_bytes(pool.data(), static_cast<int>(pool.size())) != 1) std::abort();
      used = 0;
    }
    *bytes = static_cast<char>(pool[used++]);
  }
}

absl::Status PositionMoved(const Position& position) {
  return Error(
      absl::StatusCode::kAborted, "POSITION_MOVED",
      "POSITION_MOVED: another bridge has moved the source's position; ask for it",
      {{"position", absl::StrCat(position.sequence)}, {"time_ns", absl::StrCat(position.time_ns)}});
}

// Whether the database refused the data of some request, so that one by one is worth a try.
bool IsRefusal(const absl::Status& status) { return absl::IsInvalidArgument(status); }

}  // namespace

// One try to commit a batch.
struct Sequencer::Attempt {
  std::vector<const Request*> requests;
  std::vector<absl::Time> enqueue_times;
  std::vector<Effect> effects;
  std::vector<Move> moves;
  std::string transaction_id;
  bool one_by_one = false;
  bool in_doubt = false;

  const VersionRecord* LastVersion() const {
    for (auto effect = effects.rbegin(); effect != effects.rend(); ++effect) {
      if (effect->version) return &*effect->version;
    }
    return nullptr;
  }
};

Sequencer::Sequencer(Options options, ChangeFeed& feed, Counters& counters)
    : options_(std::move(options)), feed_(feed), counters_(counters), writer_([this] { Run(); }) {}

Sequencer::~Sequencer() { Stop(absl::Now()); }

void Sequencer::Stop(absl::Time deadline) {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    stop_by_ = deadline;
  }
  changed_.NotifyAll();
  if (writer_.joinable()) writer_.join();
}

void Sequencer::Submit(Submission submission) {
  absl::Status refused;
  {
    MutexLock lock(mutex_);
    if (stopping_) {
      refused = absl::UnavailableError("the store is stopping; try another or try again");
    } else if (queued_requests_ >= options_.queue_limit) {
      refused = absl::UnavailableError("the store has too much to do; try again");
      AddRetryDelay(refused, absl::Milliseconds(200));
    } else {
      submission.enqueue_time = absl::Now();
      // An empty submission still costs a place: it may move a position.
      queued_requests_ += std::max<size_t>(1, submission.requests.size());
      queue_.push_back(std::move(submission));
    }
  }
  if (!refused.ok()) {
    submission.done(refused);
    return;
  }
  changed_.Notify();
}

size_t Sequencer::queued() {
  MutexLock lock(mutex_);
  return queued_requests_;
}

void Sequencer::Run() {
  while (true) {
    Batch_ batch = TakeBatch();
    if (batch.empty()) return;
    Process(std::move(batch));
  }
}

Sequencer::Batch_ Sequencer::TakeBatch() {
  Batch_ batch;
  size_t count = 0;
  MutexLock lock(mutex_);
  while (queue_.empty() && !stopping_) changed_.Wait(mutex_);
  while (!queue_.empty()) {
    const size_t next = std::max<size_t>(1, queue_.front().requests.size());
    if (!batch.empty() && count + next > options_.batch_limit) break;
    count += next;
    queued_requests_ -= next;
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return batch;
}

void Sequencer::Process(Batch_ batch) {
  Backoff backoff({.first = absl::Milliseconds(20), .most = absl::Seconds(1)});
  const absl::Time give_up = absl::Now() + options_.retry_for;
  bool one_by_one = false;
  while (true) {
    std::erase_if(batch, [](Submission& submission) {
      if (!submission.cancelled || !submission.cancelled()) return false;
      submission.done(absl::CancelledError("nobody waits for the answer; nothing was done"));
      return true;
    });
    if (batch.empty()) return;
    const absl::Time begun = absl::Now();
    Attempt attempt;
    attempt.one_by_one = one_by_one;
    absl::Status status = Try(batch, attempt);
    if (attempt.in_doubt) status = Settle(attempt);
    if (status.ok()) {
      counters_.commits.Add(absl::Now() - begun);
      Answer(batch, attempt);
      return;
    }
    counters_.failed_commits.Add();
    state_ = BatchState{};
    if (IsRefusal(status) && !one_by_one) {
      spdlog::warn("a batch of {} requests was refused, trying one by one: {}",
                   attempt.requests.size(), std::string(status.message()));
      one_by_one = true;
      continue;
    }
    DropSession();
    spdlog::warn("a batch of {} requests failed: {}", attempt.requests.size(),
                 std::string(status.message()));
    if (!absl::IsUnavailable(status) || absl::Now() > AtMost(give_up)) {
      for (Submission& submission : batch) submission.done(status);
      return;
    }
    absl::SleepFor(backoff.Next());
  }
}

absl::Time Sequencer::AtMost(absl::Time time) {
  MutexLock lock(mutex_);
  return std::min(time, stop_by_);
}

absl::Status Sequencer::Connect() {
  if (session_ != nullptr && !session_->broken()) return absl::OkStatus();
  state_ = BatchState{};
  auto session = Session::Connect(options_.database);
  if (!session.ok()) return session.status();
  if (auto status = BatchReader::Prepare(**session); !status.ok()) return status;
  if (auto status = BatchWriter::Prepare(**session); !status.ok()) return status;
  if (auto status = LogTiles::Prepare(**session); !status.ok()) return status;
  session_ = *std::move(session);
  partitioned_up_to_ = 0;
  return absl::OkStatus();
}

void Sequencer::DropSession() {
  session_.reset();
  state_ = BatchState{};
}

absl::Status Sequencer::Try(Batch_& batch, Attempt& attempt) {
  if (auto status = Connect(); !status.ok()) return status;
  size_t count = 0;
  for (const Submission& submission : batch) count += submission.requests.size();
  const int64_t needed = state_.head + static_cast<int64_t>(count);
  if (needed + kPartitionMargin > partitioned_up_to_ || partitioned_up_to_ == 0) {
    const auto rows = session_->Exec(
        absl::StrCat("SELECT add_version_partitions(head + ",
                     static_cast<int64_t>(count) + 2 * kPartitionMargin, ") FROM feed"));
    if (!rows.ok()) return rows.status();
    partitioned_up_to_ = rows->front()[0].as<int64_t>();
  }
  if (state_.users.size() + state_.addresses.size() > options_.cache_limit) {
    state_.users.clear();
    state_.addresses.clear();
  }
  if (auto status = BatchReader::DrawObjectIds(*session_, count, state_); !status.ok()) {
    return status;
  }
  absl::Status status = BatchReader::Begin(*session_, state_, &attempt.transaction_id);
  if (status.ok() && state_.log.size() != state_.head) status = CatchUpLog(attempt);
  if (status.ok()) status = DecideAndWrite(batch, attempt);
  if (!status.ok()) {
    if (!session_->broken()) (void)session_->Exec("ROLLBACK");
    return status;
  }
  return Commit(attempt);
}

// Somebody wrote versions past the log: a bulk load, or an older release.
absl::Status Sequencer::CatchUpLog(Attempt& attempt) {
  if (auto undone = session_->Exec("ROLLBACK"); !undone.ok()) return undone.status();
  if (auto status = LogBuilder::CatchUp(*session_); !status.ok()) return status;
  return BatchReader::Begin(*session_, state_, &attempt.transaction_id);
}

absl::Status Sequencer::DecideAndWrite(Batch_& batch, Attempt& attempt) {
  if (auto status = CheckMoves(batch, attempt); !status.ok()) return status;
  if (auto status = BatchReader::Load(*session_, attempt.requests, state_); !status.ok()) {
    return status;
  }
  const int64_t committed_at = state_.committed_at;
  Batch decided(std::move(state_), RandomBytes);
  if (attempt.one_by_one) {
    if (auto status = WriteOneByOne(decided, attempt); !status.ok()) return status;
  } else {
    if (auto status = WriteInParts(decided, attempt); !status.ok()) return status;
  }
  state_ = decided.TakeState();
  if (auto status = BatchWriter::EraseContent(*session_, attempt.effects); !status.ok()) {
    return status;
  }
  if (auto status = BatchWriter::WritePositions(*session_, attempt.moves); !status.ok()) {
    return status;
  }
  if (state_.head == state_.log.size()) return absl::OkStatus();
  const absl::Time begun = absl::Now();
  if (auto status = WriteLog(attempt); !status.ok()) return status;
  const absl::Status status = BatchWriter::WriteHead(*session_, state_.log, committed_at);
  counters_.log.Add(absl::Now() - begun);
  return status;
}

// Adds what was decided in the end, so that it does not matter what was tried on the way.
absl::Status Sequencer::WriteLog(const Attempt& attempt) {
  std::vector<FullTile> tiles;
  for (const Effect& effect : attempt.effects) {
    if (effect.version) state_.log.Append(effect.version->hash, &tiles);
  }
  return LogTiles::Write(*session_, tiles);
}

// Drops the submissions whose source is elsewhere, and notes the moves of the others.
absl::Status Sequencer::CheckMoves(Batch_& batch, Attempt& attempt) {
  absl::flat_hash_map<std::string, Move> moves;
  std::erase_if(batch, [&](Submission& submission) {
    if (!submission.move) return false;
    const Move& move = *submission.move;
    Position& position = state_.positions[move.source];
    if (!(position == move.after)) {
      submission.done(PositionMoved(position));
      return true;
    }
    position = move.through;
    moves[move.source] = move;
    return false;
  });
  for (auto& [source, move] : moves) attempt.moves.push_back(std::move(move));
  for (const Submission& submission : batch) {
    for (const Request& request : submission.requests) {
      attempt.requests.push_back(&request);
      attempt.enqueue_times.push_back(submission.enqueue_time);
    }
  }
  return absl::OkStatus();
}

// Decides a part while the database is busy with the one before.
absl::Status Sequencer::WriteInParts(Batch& batch, Attempt& attempt) {
  const int64_t committed_at = batch.state().committed_at;
  const size_t count = attempt.requests.size();
  attempt.effects.reserve(count);
  std::future<absl::Status> writing;
  for (size_t begin = 0, end = 0; begin < count; begin = end) {
    end = std::min(begin + (begin == 0 ? kFirstPartSize : kPartSize), count);
    std::vector<const Request*> requests;
    std::vector<Effect*> effects;
    for (size_t i = begin; i < end; ++i) {
      requests.push_back(attempt.requests[i]);
      effects.push_back(&attempt.effects.emplace_back(batch.Decide(*requests.back())));
    }
    auto write = [this, rendered = BatchWriter::Render(effects), requests = std::move(requests),
                  effects, committed_at] {
      return BatchWriter::Write(*session_, rendered, requests, effects, committed_at);
    };
    if (writing.valid()) {
      if (auto status = writing.get(); !status.ok()) return status;
    }
    if (end == count) return write();
    auto task = std::make_shared<std::packaged_task<absl::Status()>>(std::move(write));
    writing = task->get_future();
    writer_helper_.Add([task] { (*task)(); });
  }
  return absl::OkStatus();
}

absl::Status Sequencer::WriteOneByOne(Batch& batch, Attempt& attempt) {
  const int64_t committed_at = batch.state().committed_at;
  attempt.effects.reserve(attempt.requests.size());
  for (const Request* request : attempt.requests) {
    Effect effect = batch.Decide(*request);
    if (auto begun = session_->Exec("SAVEPOINT one"); !begun.ok()) return begun.status();
    absl::Status status = BatchWriter::Write(*session_, BatchWriter::Render({&effect}), {request},
                                             {&effect}, committed_at);
    if (status.ok()) {
      // A rule that is checked at the end of a transaction is checked here.
      status = session_
                   ->Exec(
                       "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED; "
                       "RELEASE SAVEPOINT one")
                   .status();
    }
    if (IsRefusal(status)) {
      const auto undone = session_->Exec("ROLLBACK TO SAVEPOINT one");
      if (!undone.ok()) return undone.status();
      effect = batch.Refuse(*request, effect, status.message());
      status = BatchWriter::Write(*session_, {}, {request}, {&effect}, committed_at);
    }
    if (!status.ok()) return status;
    attempt.effects.push_back(std::move(effect));
  }
  return absl::OkStatus();
}

absl::Status Sequencer::Commit(Attempt& attempt) {
  feed_.Expect(state_.head);
  const auto committed = session_->Exec("COMMIT");
  if (committed.ok()) return absl::OkStatus();
  attempt.in_doubt = session_->broken();
  return committed.status();
}

// Finds out whether the commit happened: lock like a writer, so that the old backend has ended,
// then look. OK if it happened; the error of the attempt's own kind (UNAVAILABLE) if not.
absl::Status Sequencer::Settle(Attempt& attempt) {
  Backoff backoff({.first = absl::Milliseconds(50), .most = absl::Seconds(1)});
  const absl::Time give_up = absl::Now() + options_.settle_for;
  const VersionRecord* last = attempt.LastVersion();
  while (absl::Now() < AtMost(give_up)) {
    DropSession();
    absl::Status status = Connect();
    std::string ignored;
    if (status.ok()) status = BatchReader::Begin(*session_, state_, &ignored);
    if (status.ok()) {
      // The hash of a version is ours alone: its salts are random. A batch without a version
      // is known by its transaction; one from before a restore may be unknown: not committed.
      const auto found =
          last != nullptr
              ? session_->ExecParams("SELECT 1 FROM version WHERE id = $1 AND hash = $2::bytea",
                                     last->sequence, ByteaLiteral(last->hash))
              : session_->ExecParams("SELECT 1 WHERE txid_status($1::bigint) = 'committed'",
                                     attempt.transaction_id);
      const bool committed = found.ok() && !found->empty();
      DropSession();
      if (found.ok() || IsRefusal(found.status())) {
        spdlog::warn("a commit in doubt was settled: {}", committed ? "done" : "not done");
        if (committed) return absl::OkStatus();
        return absl::UnavailableError("the connection was lost before the commit");
      }
    }
    absl::SleepFor(backoff.Next());
  }
  // Not retried here, and not UNAVAILABLE: the writer would try the batch again.
  return Error(absl::StatusCode::kUnknown, "",
               "the database went away during the commit; ask again with the same mutation_id");
}

void Sequencer::Answer(Batch_& batch, Attempt& attempt) {
  const absl::Time committed = absl::Now();
  auto next = attempt.effects.begin();
  for (Submission& submission : batch) {
    std::vector<::usersync::store::Answer> answers;
    answers.reserve(submission.requests.size());
    for (size_t i = 0; i < submission.requests.size(); ++i) {
      answers.push_back(std::move((next++)->answer));
    }
    submission.done(std::move(answers));
  }
  // The callers are on their way; now everybody else.
  const std::string epoch = feed_.epoch();
  std::vector<ChangePointer> changes;
  changes.reserve(attempt.effects.size());
  for (size_t i = 0; i < attempt.effects.size(); ++i) {
    Effect& effect = attempt.effects[i];
    if (!effect.version) continue;
    std::optional<users::v1::User> before;
    if (effect.before) before = std::move(effect.before->user);
    const Hops hops{.published = attempt.requests[i]->publish_time,
                    .enqueued = attempt.enqueue_times[i],
                    .committed = committed};
    changes.push_back(std::make_shared<const FeedChange>(
        MakeChange(epoch, *std::move(effect.version), std::move(before), hops)));
  }
  counters_.requests.Add(attempt.effects.size());
  counters_.changes.Add(changes.size());
  if (!changes.empty()) feed_.Publish(std::move(changes));
}

}  // namespace usersync::store
