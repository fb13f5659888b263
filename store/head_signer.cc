#include "store/head_signer.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/log.h"
#include "store/log_tiles.h"

namespace usersync::store {
namespace {

constexpr size_t kSeedDigits = 64;
constexpr absl::Duration kPatience = absl::Seconds(30);
// How long a store that stops waits for the database.
constexpr absl::Duration kLastPatience = absl::Seconds(2);

absl::StatusOr<std::optional<NoteSigner>> LoadKey(const std::string& path) {
  struct stat status;
  if (stat(path.c_str(), &status) != 0) return std::nullopt;
  if ((status.st_mode & 077) != 0) {
    return absl::FailedPreconditionError(absl::StrCat(path, " must have mode 0600"));
  }
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  const std::string digits(absl::StripAsciiWhitespace(text.str()));
  bool is_hex = digits.size() == kSeedDigits;
  for (const char c : digits) is_hex = is_hex && absl::ascii_isxdigit(c);
  if (!is_hex) {
    return absl::FailedPreconditionError(absl::StrCat(path, " must hold 64 hex digits"));
  }
  auto signer = NoteSigner::FromSeed(absl::HexStringToBytes(digits));
  if (!signer.ok()) return signer.status();
  return *std::move(signer);
}

// Replaced all at once: several stores write the same. As private as all else in that folder,
// though it is no secret.
void WriteVerifierKey(const std::string& path, const std::string& vkey) {
  const std::string beside = absl::StrCat(path, ".", getpid());
  std::ofstream file(beside);
  file << vkey << "\n";
  file.close();
  if (!file || chmod(beside.c_str(), S_IRUSR | S_IWUSR) != 0 ||
      std::rename(beside.c_str(), path.c_str()) != 0) {
    spdlog::warn("the log's public key cannot be written to {}", path);
  }
}

absl::Status CheckContinues(Session& session, const LogHead& last, const LogHead& head) {
  if (head.size < last.size) {
    return absl::FailedPreconditionError(absl::StrCat(
        "THE LOG WAS CUT: a head of ", last.size, " versions was signed, and the database holds ",
        head.size, "; if it was restored from a backup, run: usersync-store new-epoch"));
  }
  const auto root = LogTiles::ReadRoot(session, last.size);
  if (!root.ok()) return root.status();
  if (*root == last.root) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "THE LOG WAS REWRITTEN: its first ", last.size,
      " versions are not those that were signed; run: usersync-store verify; if the database was "
      "restored from a backup: usersync-store new-epoch"));
}

}  // namespace

std::string BesideKey(const std::string& key_path, absl::string_view name) {
  return absl::StrCat(key_path.substr(0, key_path.rfind('/') + 1), name);
}

absl::StatusOr<std::unique_ptr<HeadSigner>> HeadSigner::Start(Options options,
                                                              const ChangeFeed& feed,
                                                              SessionPool& pool) {
  if (!IsLogHost(options.host)) {
    return absl::InvalidArgumentError("--log-host must be 1 to 200 characters of [A-Za-z0-9.:_-]");
  }
  auto signer = LoadKey(options.key_path);
  if (!signer.ok()) return signer.status();
  return std::unique_ptr<HeadSigner>(
      new HeadSigner(std::move(options), *std::move(signer), feed, pool));
}

HeadSigner::HeadSigner(Options options, std::optional<NoteSigner> signer, const ChangeFeed& feed,
                       SessionPool& pool)
    : options_(std::move(options)),
      signer_(std::move(signer)),
      feed_(feed),
      pool_(pool),
      file_(options_.heads_path) {
  if (!signer_) {
    spdlog::info("the log is not signed: there is no {}", options_.key_path);
    return;
  }
  PublishKey();
  thread_ = std::thread([this] { Run(); });
}

HeadSigner::~HeadSigner() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.NotifyAll();
  if (!thread_.joinable()) return;
  thread_.join();
  AppendHead(kLastPatience);
}

void HeadSigner::Run() {
  while (true) {
    PublishKey();
    AppendHead(kPatience);
    const absl::Time next = absl::Now() + options_.interval;
    MutexLock lock(mutex_);
    while (!stopping_ && absl::Now() < next) changed_.WaitUntil(mutex_, next);
    if (stopping_) return;
  }
}

void HeadSigner::PublishKey() {
  if (published_origin_ == origin()) return;
  published_origin_ = origin();
  const std::string path = BesideKey(options_.key_path, "log.vkey");
  WriteVerifierKey(path, signer_->VerifierKey(published_origin_));
  spdlog::info("the log is signed; its public key is in {}", path);
}

void HeadSigner::AppendHead(absl::Duration patience) {
  std::string note;
  const absl::Status status = pool_.Run(absl::Now() + patience, [&](Session& session) {
    return file_.Extend([this](absl::string_view seen) { Remember(seen); },
                        [&]() -> absl::StatusOr<std::string> {
                          auto head = Sign(session);
                          if (!head.ok()) return head.status();
                          note = std::move(head->note);
                          const std::optional<LogHead> last = NewestOf(origin());
                          return head->tree.size() > (last ? last->size : 0) ? note : "";
                        });
  });
  if (!status.ok())
    spdlog::error("no head of the log was signed: {}", std::string(status.message()));
  if (absl::IsUnavailable(status)) return;
  if (status.ok()) Remember(note);
  MutexLock lock(mutex_);
  newest_note_ = status.ok() ? note : "";
}

std::string HeadSigner::origin() const { return OriginOf(options_.host, feed_.epoch_text()); }

std::optional<LogHead> HeadSigner::NewestOf(const std::string& origin) const {
  MutexLock lock(mutex_);
  const auto found = newest_.find(origin);
  if (found == newest_.end()) return std::nullopt;
  return found->second;
}

void HeadSigner::Remember(absl::string_view note) {
  auto head = ParseLogHead(note);
  if (!head.ok()) {
    spdlog::error("{} holds a note that is no head of a log", options_.heads_path);
    return;
  }
  MutexLock lock(mutex_);
  LogHead& newest = newest_[head->origin];
  if (newest.origin.empty() || head->size > newest.size) newest = *std::move(head);
}

absl::StatusOr<HeadSigner::Head> HeadSigner::Sign(Session& session) const {
  LogHead head{.origin = origin()};
  // Looked up first: what was signed until now is in the tree that is read next.
  const std::optional<LogHead> last = NewestOf(head.origin);
  auto tree = LogTiles::ReadEdge(session);
  if (!tree.ok()) return tree.status();
  head.size = tree->size();
  head.root = tree->Root();
  if (last) {
    if (auto status = CheckContinues(session, *last, head); !status.ok()) return status;
  }
  return Head{*std::move(tree), signer_->Sign(head.origin, TextOf(head)),
              signer_->VerifierKey(head.origin)};
}

absl::StatusOr<HeadSigner::Head> HeadSigner::ReadHead(Session& session) {
  if (signer_) {
    auto head = Sign(session);
    if (head.ok() || absl::IsUnavailable(head.status())) return head;
  }
  auto tree = LogTiles::ReadEdge(session);
  if (!tree.ok()) return tree.status();
  return Head{*std::move(tree), "", ""};
}

std::string HeadSigner::newest_note() const {
  MutexLock lock(mutex_);
  return newest_note_;
}

}  // namespace usersync::store
