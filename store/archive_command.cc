#include "store/archive_command.h"

#include <sys/stat.h>

#include <cstdio>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "store/archive_eraser.h"
#include "store/archiver.h"

namespace usersync::store {
namespace {

constexpr absl::Duration kProgressInterval = absl::Seconds(2);
// What each statement may take: the last versions of a whole partition are remembered in one.
constexpr absl::Duration kStatementTimeout = absl::Minutes(30);

void Say(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

class Progress {
 public:
  void operator()(int64_t written, int64_t last) {
    if (absl::Now() - told_ < kProgressInterval) return;
    told_ = absl::Now();
    const int64_t left = last - written;
    std::fprintf(stderr, "sequence %s written, %s to go in this file\n",
                 absl::StrCat(written).c_str(), absl::StrCat(left).c_str());
  }

 private:
  absl::Time told_ = absl::Now();
};

// Says what will be done; returns whether that is anything.
bool Announce(const ArchiveState& state, const ArchivePlan& plan) {
  if (state.horizon > 0) Say(absl::StrCat("archived: sequences 1 to ", state.horizon));
  const int64_t count = (plan.horizon - state.horizon) / kPartitionSize;
  if (count > 0) {
    Say(absl::StrCat("to be archived: sequences ", state.horizon + 1, " to ", plan.horizon, " in ",
                     count, count == 1 ? " file" : " files"));
  } else {
    Say("nothing to archive");
  }
  Say(absl::StrCat("kept: sequences ", plan.horizon + 1, " to ", state.head, ", because ",
                   plan.limit));
  return count > 0;
}

absl::Status CheckDirectory(const std::string& directory) {
  struct stat status;
  if (!directory.empty() && stat(directory.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError("--archive-dir must name a directory that is there");
}

}  // namespace

absl::Status Archive(const ArchiveOptions& options) {
  if (!options.dry_run) {
    if (auto status = CheckDirectory(options.directory); !status.ok()) return status;
  }
  auto session =
      Session::Connect({.url = options.owner_url, .statement_timeout = kStatementTimeout});
  if (!session.ok()) return session.status();
  Archiver archiver(**session, {options.directory, options.wish, Progress()});
  if (auto status = archiver.Begin(); !status.ok()) return status;
  const auto state = archiver.ReadState();
  if (!state.ok()) return state.status();
  const ArchivePlan plan = archiver.Plan(*state);
  if (!Announce(*state, plan)) return absl::OkStatus();
  if (options.dry_run) {
    Say("nothing was done: this is a dry run");
    return absl::OkStatus();
  }
  for (int64_t horizon = state->horizon; horizon < plan.horizon; horizon += kPartitionSize) {
    const auto archived = archiver.ArchiveAfter(horizon);
    if (!archived.ok()) return archived.status();
    Say(absl::StrCat("archived: sequences ", horizon + 1, " to ", archived->last, " in ",
                     archived->path, ", SHA-256 ", absl::BytesToHexString(archived->digest)));
  }
  return absl::OkStatus();
}

absl::Status ApplyErasures(const ArchiveOptions& options) {
  if (auto status = CheckDirectory(options.directory); !status.ok()) return status;
  auto session = Session::Connect({.url = options.owner_url});
  if (!session.ok()) return session.status();
  ArchiveEraser eraser(**session, options.directory);
  const auto users = eraser.Begin();
  if (!users.ok()) return users.status();
  const auto files = eraser.ReadFiles();
  if (!files.ok()) return files.status();
  Say(absl::StrCat(*users, " users were erased"));
  absl::Status missing;
  for (const ArchiveEraser::File& file : *files) {
    const auto count = eraser.Erase(file, options.dry_run);
    if (absl::IsNotFound(count.status())) {
      missing = count.status();
      Say(std::string(missing.message()));
      continue;
    }
    if (!count.ok()) return count.status();
    Say(absl::StrCat(file.name, ": ", *count, " versions ", options.dry_run ? "would lose" : "lost",
                     " their content"));
  }
  return missing;
}

}  // namespace usersync::store
