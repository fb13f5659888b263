// Signs heads of the log and keeps them in a file. It never signs a head that does not continue
// the newest one of the file: a database that was rolled back or rewritten is told by that, and
// said at every try, until an operator makes it a log of its own (usersync-store new-epoch).
// Without a key nothing is signed. Thread-safe.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "common/mutex.h"
#include "store/change_feed.h"
#include "store/head_file.h"
#include "store/log_head.h"
#include "store/merkle_tree.h"
#include "store/session_pool.h"
#include "store/signed_note.h"

namespace usersync::store {

class HeadSigner {
 public:
  struct Options {
    // The first part of the log's name.
    std::string host = "localhost";
    // The private key: 64 hex digits, mode 0600. The public one is written beside it, as log.vkey.
    // If there is no such file, nothing is signed.
    std::string key_path;
    // Where heads are appended.
    std::string heads_path;
    // How often, while the log grows.
    absl::Duration interval = absl::Seconds(30);
  };

  // FAILED_PRECONDITION if the key is readable by others, or is none; INVALID_ARGUMENT for a bad
  // host. All must outlive this.
  static absl::StatusOr<std::unique_ptr<HeadSigner>> Start(Options options, const ChangeFeed& feed,
                                                           SessionPool& pool);
  // Appends the last head.
  ~HeadSigner();

  struct Head {
    MerkleTree tree;
    // The same as a signed note; "" if it cannot be signed.
    std::string note;
    // The public key that verifies it, a C2SP vkey; "" without a note.
    std::string verifier_key;
  };

  // The log as it is now.
  absl::StatusOr<Head> ReadHead(Session& session);

  // The newest head in the file that the database still continues; "" if there is none.
  std::string newest_note() const;

 private:
  HeadSigner(Options options, std::optional<NoteSigner> signer, const ChangeFeed& feed,
             SessionPool& pool);

  void Run();
  void PublishKey();
  void AppendHead(absl::Duration patience);
  void Remember(absl::string_view note);
  std::string origin() const;
  std::optional<LogHead> NewestOf(const std::string& origin) const;
  absl::StatusOr<Head> Sign(Session& session) const;

  const Options options_;
  const std::optional<NoteSigner> signer_;
  const ChangeFeed& feed_;
  SessionPool& pool_;

  // The appending thread's own.
  HeadFile file_;
  std::string published_origin_;

  mutable Mutex mutex_;
  CondVar changed_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::string newest_note_ GUARDED_BY(mutex_);
  // The largest head of the file, by origin.
  std::map<std::string, LogHead> newest_ GUARDED_BY(mutex_);

  std::thread thread_;
};

// The path of a file in the directory of the key.
std::string BesideKey(const std::string& key_path, absl::string_view name);

}  // namespace usersync::store
