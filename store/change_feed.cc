#include "store/change_feed.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/backoff.h"
#include "common/log.h"
#include "common/status.h"
#include "protos/violation.h"
#include "store/archive_horizon.h"
#include "store/change_record.h"
#include "store/checkpoint.h"
#include "store/field_error.h"
#include "store/sql_text.h"

namespace usersync::store {
namespace {

constexpr char kHead[] =
    "SELECT feed.epoch, feed.head, version.hash, pseudonym.count FROM feed CROSS JOIN pseudonym "
    "LEFT JOIN version ON version.id = feed.head";

absl::Status Diverged() {
  return FieldError(absl::StatusCode::kFailedPrecondition,
                    users::v1::ERROR_REASON_CHECKPOINT_DIVERGED, "checkpoint");
}

// `oldest` is the first checkpoint that is not too old.
absl::Status TooOld(const std::string& oldest) {
  constexpr auto kReason = users::v1::ERROR_REASON_CHECKPOINT_TOO_OLD;
  const std::string rule = "go on from " + oldest + ", or begin with a snapshot";
  return Error(absl::StatusCode::kOutOfRange, ReasonName(kReason),
               Describe(kReason, "checkpoint", rule), {{"oldest_checkpoint", oldest}});
}

absl::StatusOr<ChangeFeed::Place> ReadOldest(Session& session, absl::string_view epoch) {
  const auto horizon = ReadHorizon(session);
  if (!horizon.ok()) return horizon.status();
  const auto hash = *horizon == 0 ? "" : ReadVersionHash(session, *horizon);
  if (!hash.ok()) return hash.status();
  return ChangeFeed::Place{*horizon, Encode(CheckpointOf(epoch, *horizon, *hash))};
}

// Why the change after a position is not there.
absl::Status Gap(Session& session, absl::string_view epoch, int64_t after) {
  const auto oldest = ReadOldest(session, epoch);
  if (!oldest.ok()) return oldest.status();
  if (after < oldest->sequence) return TooOld(oldest->checkpoint);
  return absl::DataLossError(
      absl::StrCat("the sequence has a gap after ", after, ": verify the database"));
}

absl::StatusOr<std::vector<ChangePointer>> ReadPage(Session& session, absl::string_view epoch,
                                                    int64_t after, size_t count, bool with_before) {
  const auto rows = session.ExecParams(
      absl::StrCat(SelectChanges(with_before), " WHERE v.id > $1 ORDER BY v.id LIMIT $2"), after,
      static_cast<int64_t>(count));
  if (!rows.ok()) return rows.status();
  std::vector<ChangePointer> page;
  page.reserve(rows->size());
  for (const pqxx::row& row : *rows) {
    auto change = ReadChangeRow(epoch, row, with_before);
    if (!change.ok()) return change.status();
    if (change->sequence() != after + 1) return Gap(session, epoch, after);
    after = change->sequence();
    page.push_back(std::make_shared<const FeedChange>(*std::move(change)));
  }
  return page;
}

}  // namespace

ChangeFeed::ChangeFeed(Options options, SessionPool& pool)
    : options_(std::move(options)), pool_(pool), ring_(options_.ring) {}

ChangeFeed::~ChangeFeed() {
  stopping_ = true;
  Wake();
  if (follower_.joinable()) follower_.join();
  if (dispatcher_.joinable()) dispatcher_.join();
}

absl::Status ChangeFeed::Start() {
  auto session = Session::Connect(options_.database);
  if (!session.ok()) return session.status();
  if (auto status = Begin(**session); !status.ok()) return status;
  healthy_ = true;
  follower_ = std::thread([this] { Follow(); });
  dispatcher_ = std::thread([this] { Dispatch(); });
  return absl::OkStatus();
}

std::string ChangeFeed::epoch() const {
  MutexLock lock(mutex_);
  return epoch_;
}

std::string ChangeFeed::epoch_text() const { return UuidText(epoch()); }

ChangeFeed::Head ChangeFeed::head() const {
  MutexLock lock(mutex_);
  return {ring_.head(), ring_.head_checkpoint(), generation_};
}

// Begins the ring at the database's head.
absl::Status ChangeFeed::Begin(Session& session) {
  const auto rows = session.Exec(kHead);
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return absl::InternalError("the table feed is empty: migrate first");
  const pqxx::row row = rows->front();
  const std::string epoch = ParseUuid(row[0].c_str());
  const int64_t head = row[1].as<int64_t>();
  const std::string hash = row[2].is_null() ? "" : ParseBytea(row[2].c_str());
  MutexLock lock(mutex_);
  epoch_ = epoch;
  ring_.Reset(head, Encode(CheckpointOf(epoch, head, hash)));
  ++generation_;
  pseudonyms_ = row[3].as<int64_t>();
  suspect_ = false;
  return absl::OkStatus();
}

void ChangeFeed::Append(std::vector<ChangePointer>& changes) {
  for (ChangePointer& change : changes) {
    const int64_t sequence = change->sequence();
    if (sequence > ring_.head() + 1 || (suspect_ && sequence > ring_.head())) {
      missing_up_to_ = std::max(missing_up_to_, sequence);
    } else if (sequence == ring_.head() + 1) {
      const bool erases = change->version().action() == users::v1::ACTION_ERASE;
      ring_.Append(std::move(change));
      if (erases) ++erasures_;
    } else {
      const ChangePointer known = ring_.Find(sequence);
      if (known == nullptr || known->change.checkpoint() != change->change.checkpoint())
        suspect_ = true;
    }
  }
}

void ChangeFeed::Publish(std::vector<ChangePointer> changes) {
  {
    MutexLock lock(mutex_);
    Append(changes);
  }
  Wake();
}

void ChangeFeed::Forget() {
  MutexLock lock(mutex_);
  ForgetLocked();
}

void ChangeFeed::ForgetLocked() {
  ring_.Reset(ring_.head(), ring_.head_checkpoint());
  ++erasures_;
}

void ChangeFeed::Wake() {
  {
    MutexLock lock(mutex_);
    has_moved_ = true;
  }
  moved_.Notify();
}

bool ChangeFeed::TryRead(int64_t after, bool with_before, std::vector<ChangePointer>* page) const {
  {
    MutexLock lock(mutex_);
    if (!ring_.Covers(after)) return false;
    *page = ring_.After(after, options_.page_count, options_.page_bytes);
  }
  // What another store committed came without.
  return !with_before || std::all_of(page->begin(), page->end(), [](const ChangePointer& change) {
    return change->knows_before;
  });
}

absl::StatusOr<std::vector<ChangePointer>> ChangeFeed::ReadBack(int64_t after,
                                                                bool with_before) const {
  const std::string epoch = this->epoch();
  auto page = pool_.Run(absl::Now() + absl::Seconds(30), [&](Session& session) {
    return ReadPage(session, epoch, after, options_.page_count, with_before);
  });
  if (!page.ok()) return page.status();
  size_t bytes = 0;
  size_t kept = 0;
  for (const ChangePointer& change : *page) {
    bytes += change->ByteSize();
    if (kept > 0 && bytes > options_.page_bytes) break;
    ++kept;
  }
  page->resize(kept);
  return page;
}

absl::StatusOr<int64_t> ChangeFeed::Resolve(const std::string& checkpoint) const {
  auto decoded = DecodeCheckpoint(checkpoint);
  if (!decoded.ok()) return decoded.status();
  const std::string epoch = this->epoch();
  if (decoded->epoch != epoch) return Diverged();
  if (decoded->sequence == 0) return 0;
  const auto hash = pool_.Run(absl::Now() + absl::Seconds(30), [&](Session& session) {
    return ReadVersionHash(session, decoded->sequence);
  });
  if (!hash.ok()) return hash.status();
  if (CheckpointOf(epoch, decoded->sequence, *hash) != *decoded) return Diverged();
  return decoded->sequence;
}

absl::StatusOr<int64_t> ChangeFeed::ResolveForChanges(const std::string& checkpoint) const {
  const auto sequence = Resolve(checkpoint);
  if (!sequence.ok()) return sequence;
  const auto oldest = Oldest();
  if (!oldest.ok()) return oldest.status();
  if (*sequence < oldest->sequence) return TooOld(oldest->checkpoint);
  return sequence;
}

absl::StatusOr<ChangeFeed::Place> ChangeFeed::Oldest() const {
  const std::string epoch = this->epoch();
  return pool_.Run(absl::Now() + absl::Seconds(30),
                   [&](Session& session) { return ReadOldest(session, epoch); });
}

void ChangeFeed::SetListener(std::function<void()> wake, absl::Duration tick) {
  {
    MutexLock lock(listener_mutex_);
    wake_ = std::move(wake);
  }
  MutexLock lock(mutex_);
  tick_ = tick;
}

void ChangeFeed::ClearListener() { SetListener(nullptr, absl::Seconds(1)); }

void ChangeFeed::Dispatch() {
  while (!stopping_) {
    {
      MutexLock lock(mutex_);
      const absl::Time deadline = absl::Now() + tick_;
      while (!has_moved_ && moved_.WaitUntil(mutex_, deadline)) {
      }
      has_moved_ = false;
    }
    FillGap();
    MutexLock lock(listener_mutex_);
    if (wake_) wake_();
  }
}

// Reads what another store committed between this one's commits.
void ChangeFeed::FillGap() {
  while (true) {
    int64_t after = 0;
    const int64_t erasures = erasures_;
    {
      MutexLock lock(mutex_);
      if (suspect_ || missing_up_to_ <= ring_.head()) return;
      after = ring_.head();
    }
    auto page = ReadBack(after, /*with_before=*/false);
    // The follower tries again and says what is wrong.
    if (!page.ok() || page->empty()) return;
    MutexLock lock(mutex_);
    if (erasures == erasures_) Append(*page);
  }
}

void ChangeFeed::Follow() {
  Backoff backoff({.first = absl::Milliseconds(100), .most = absl::Seconds(2)});
  while (!stopping_) {
    const absl::Status status = FollowSession();
    if (stopping_) return;
    healthy_ = false;
    {
      MutexLock lock(mutex_);
      suspect_ = true;
    }
    spdlog::warn("the feed lost the database: {}", std::string(status.message()));
    absl::SleepFor(backoff.Next());
  }
}

absl::Status ChangeFeed::FollowSession() {
  auto session = Session::Connect(options_.database);
  if (!session.ok()) return session.status();
  auto listener = Session::Connect(options_.database);
  if (!listener.ok()) return listener.status();
  if (auto status = (*listener)->Listen("usersync_feed"); !status.ok()) return status;
  while (!stopping_) {
    if (auto status = CatchUp(**session); !status.ok()) return status;
    healthy_ = true;
    // Woken by this store's own commits too; those are in the ring already or about to be.
    const absl::Time next_poll = absl::Now() + options_.poll;
    while (!stopping_ && absl::Now() < next_poll) {
      const auto news = (*listener)->AwaitNotification(
          std::min(next_poll - absl::Now(), absl::Milliseconds(200)));
      if (!news.ok()) return news.status();
      if (*news > std::max<int64_t>(head().sequence, expected_)) break;
    }
  }
  return absl::OkStatus();
}

// Whether the database holds what the ring ends with, and all that comes after it.
absl::StatusOr<bool> ChangeFeed::GoesOn(Session& session, const Head& ring,
                                        const std::string& epoch) {
  const auto decoded = DecodeCheckpoint(ring.checkpoint);
  if (!decoded.ok()) return decoded.status();
  if (decoded->epoch != epoch) return false;
  const auto horizon = ReadHorizon(session);
  if (!horizon.ok()) return horizon.status();
  if (ring.sequence < *horizon) return false;
  if (ring.sequence == 0) return true;
  const auto hash = ReadVersionHash(session, ring.sequence);
  if (!hash.ok()) return hash.status();
  return CheckpointOf(epoch, ring.sequence, *hash) == *decoded;
}

// Brings the ring to the head of the database.
absl::Status ChangeFeed::CatchUp(Session& session) {
  const Head before = head();
  const auto rows = session.Exec(kHead);
  if (!rows.ok()) return rows.status();
  const int64_t head = rows->front()[1].as<int64_t>();
  const std::string epoch = ParseUuid(rows->front()[0].c_str());
  const auto goes_on = GoesOn(session, before, epoch);
  if (!goes_on.ok()) return goes_on.status();
  if (!*goes_on) {
    spdlog::warn("the database does not hold what comes next: the feed begins again");
    if (auto status = Begin(session); !status.ok()) return status;
  }
  {
    const auto pseudonyms = rows->front()[3].as<int64_t>();
    MutexLock lock(mutex_);
    if (*goes_on) suspect_ = false;
    if (pseudonyms != pseudonyms_) ForgetLocked();
    pseudonyms_ = pseudonyms;
    missing_up_to_ = std::max(missing_up_to_, head);
  }
  Wake();
  return absl::OkStatus();
}

}  // namespace usersync::store
