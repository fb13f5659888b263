#include "store/verify_command.h"

#include <algorithm>
#include <cstdio>
#include <limits>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "store/archive_horizon.h"
#include "store/history_verifier.h"
#include "store/signed_heads.h"
#include "store/sql_text.h"

namespace usersync::store {
namespace {

// More than these are counted, not printed.
constexpr int64_t kMostPrinted = 1000;
constexpr absl::Duration kProgressInterval = absl::Seconds(2);
// How many versions are exported at a time. One can bear five documents of 64 KiB.
constexpr int64_t kExportPage = 500;

class Report final : public HistoryVerifier::Listener {
 public:
  void OnFlaw(const users::v1::HistoryFlaw& flaw) override {
    if (++flaws_ > kMostPrinted) return;
    std::string place;
    if (flaw.sequence() > 0) absl::StrAppend(&place, "sequence ", flaw.sequence(), ": ");
    if (!flaw.user_id().empty()) {
      absl::StrAppend(&place, "user ", flaw.user_id(), ", version ", flaw.version(), ": ");
    }
    std::printf("FLAW  %s%s\n", place.c_str(), flaw.description().c_str());
  }

  bool OnProgress(int64_t checked, int64_t total) override {
    checked_ = checked;
    if (absl::Now() - last_ < kProgressInterval) return true;
    last_ = absl::Now();
    std::fprintf(stderr, "%s of %s versions (%d %%)\n", absl::StrCat(checked).c_str(),
                 absl::StrCat(total).c_str(),
                 static_cast<int>(total == 0 ? 100 : 100 * checked / total));
    return true;
  }

  // Returns the exit status.
  int End(const SignedHeads& signed_heads, int64_t archived) const {
    int64_t newest = 0;
    for (const LogHead& head : signed_heads.heads) newest = std::max(newest, head.size);
    std::printf(
        "%s versions in %s\n", absl::StrCat(checked_).c_str(),
        absl::FormatDuration(absl::Trunc(absl::Now() - begun_, absl::Milliseconds(1))).c_str());
    if (archived > 0) {
      std::printf("%s of them archived: their hashes were looked at, not what is in the files\n",
                  absl::StrCat(archived).c_str());
    }
    std::printf("%zu signed heads, the newest of %s versions; %s of other logs\n",
                signed_heads.heads.size(), absl::StrCat(newest).c_str(),
                absl::StrCat(signed_heads.foreign).c_str());
    if (flaws_ == 0) {
      std::printf(
          "SOUND: hashes, sequence, chains, users, addresses, tree, tiles and signed heads "
          "agree\n");
      return 0;
    }
    std::printf("NOT SOUND: %s flaws\n", absl::StrCat(flaws_).c_str());
    return 1;
  }

 private:
  const absl::Time begun_ = absl::Now();
  absl::Time last_ = begun_;
  int64_t checked_ = 0;
  int64_t flaws_ = 0;
};

absl::StatusOr<SignedHeads> ReadHeadsOf(Session& session, const VerifyOptions& options) {
  const auto rows = session.Exec("SELECT epoch FROM feed");
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return absl::DataLossError("the table feed is empty");
  // Before the log's edge is read: what is signed meanwhile may be larger than that.
  return ReadSignedHeads(options.heads_path, options.vkey_path,
                         UuidText(ParseUuid(rows->front()[0].c_str())));
}

int CannotVerify(const absl::Status& status) {
  std::fprintf(stderr, "usersync-store: cannot verify: %s\n",
               std::string(status.message()).c_str());
  return 2;
}

// That what comes after a sequence was not archived, before or while it was read.
absl::Status CheckNotArchived(Session& session, int64_t after) {
  const auto rows = session.ExecParams(
      "SELECT min(first_seq), max(last_seq), string_agg(file, ', ' ORDER BY first_seq) "
      "FROM archive WHERE last_seq > $1",
      after);
  if (!rows.ok()) return rows.status();
  const pqxx::row row = rows->front();
  if (row[0].is_null()) return absl::OkStatus();
  return absl::OutOfRangeError(absl::StrCat("sequences ", row[0].c_str(), " to ", row[1].c_str(),
                                            " are archived, in ", row[2].c_str()));
}

}  // namespace

int Verify(const VerifyOptions& options) {
  auto session = Session::Connect({.url = options.database_url});
  if (!session.ok()) return CannotVerify(session.status());
  const auto signed_heads = ReadHeadsOf(**session, options);
  if (!signed_heads.ok()) return CannotVerify(signed_heads.status());
  Report report;
  for (const std::string& text : signed_heads->flaws) {
    users::v1::HistoryFlaw flaw;
    flaw.set_description(text);
    report.OnFlaw(flaw);
  }
  HistoryVerifier verifier(**session, report);
  if (auto status = verifier.VerifyAll(signed_heads->heads); !status.ok()) {
    return CannotVerify(status);
  }
  return report.End(*signed_heads, verifier.archived());
}

absl::Status Export(const std::string& database_url, const std::vector<std::string>& range) {
  int64_t first = 1;
  int64_t last = std::numeric_limits<int64_t>::max();
  if (range.size() > 2 || (!range.empty() && !absl::SimpleAtoi(range.front(), &first)) ||
      (range.size() == 2 && !absl::SimpleAtoi(range.back(), &last)) || first < 1) {
    return absl::InvalidArgumentError("export [FIRST [LAST]]: sequences, from 1");
  }
  auto session = Session::Connect({.url = database_url});
  if (!session.ok()) return session.status();
  if (range.empty()) {
    const auto horizon = ReadHorizon(**session);
    if (!horizon.ok()) return horizon.status();
    first = *horizon + 1;
  }
  for (int64_t after = first - 1; after < last;) {
    const auto rows = (*session)->ExecParams(
        absl::StrCat("SELECT ", kStoredVersionColumns, " FROM ", kStoredVersions,
                     " WHERE v.id > $1 AND v.id <= $2 ORDER BY v.id LIMIT $3"),
        after, last, kExportPage);
    if (!rows.ok()) return rows.status();
    if (auto status = CheckNotArchived(**session, after); !status.ok()) return status;
    if (rows->empty()) break;
    for (const pqxx::row& row : *rows) {
      const StoredVersion version = ReadStoredVersion(row);
      std::printf("%s\n", ExportLine(version).c_str());
      after = version.record.sequence;
    }
  }
  if (std::fflush(stdout) != 0) return absl::InternalError("the export could not be written");
  return absl::OkStatus();
}

}  // namespace usersync::store
