// Recomputes the history from what the database holds, page by page while the store serves:
// every hash, the density of the sequence, each user's chain, users = fold(versions), who holds
// which address, the tree with its tiles, and the signed heads. Of archived versions, the hashes
// and where they lead. Bounded memory. Not thread-safe.
#pragma once

#include <string>
#include <vector>

#include "store/archive_check.h"
#include "store/chain_check.h"
#include "store/log_head.h"
#include "store/session.h"
#include "store/stored_version.h"
#include "store/tree_check.h"
#include "store/user_check.h"
#include "users/v1/history_service.pb.h"

namespace usersync::store {

class HistoryVerifier {
 public:
  // Hears of what is found, on the caller's thread.
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual void OnFlaw(const users::v1::HistoryFlaw& flaw) = 0;
    // After each page. Returns whether to go on: CANCELLED if not.
    virtual bool OnProgress(int64_t checked, int64_t total) = 0;
  };

  // `session` is for this alone: its plans are changed, and it keeps versions from being archived.
  // Both must outlive this.
  HistoryVerifier(Session& session, Listener& listener);

  // Everything up to the newest version at the beginning. `heads` are the signed heads of this
  // log. OK means that all was looked at, whatever was found.
  absl::Status VerifyAll(std::vector<LogHead> heads);

  // One user: each version, the chain, the row, and that the log holds the last version, and by
  // the chain all of them. NOT_FOUND if nobody has this id.
  absl::Status VerifyUser(const std::string& user_id);

  // How many versions are archived. To be called afterwards.
  int64_t archived() const { return archive_.horizon(); }

 private:
  absl::StatusOr<MerkleTree> ReadHeads();
  absl::Status VerifyArchive(TreeCheck& tree);
  absl::Status VerifyVersions(const MerkleTree& edge, TreeCheck& tree, ChainCheck& chain);
  absl::Status VerifyPage(int64_t last, TreeCheck& tree, ChainCheck& chain);
  void SkipTo(int64_t sequence, TreeCheck& tree);
  absl::Status VerifyChain(ChainCheck& chain);
  absl::Status VerifyUsers(ChainCheck& chain);
  absl::Status VerifyAddresses();
  absl::StatusOr<VersionRecord> VerifyVersionsOf(const CheckedUser& user, ChainCheck& chain);
  absl::Status VerifyInLog(const VersionRecord& record, const std::string& user_id);
  void CheckVersion(const StoredVersion& version, ChainCheck& chain);
  void CheckUser(const CheckedUser& user, ChainCheck& chain);
  void Tell(TreeCheck& tree);
  void Flaw(int64_t sequence, const std::string& user_id, int32_t version,
            const std::string& description);
  absl::Status Progress(int64_t checked);

  Session& session_;
  Listener& listener_;
  ArchiveCheck archive_;
  int64_t head_ = 0;
  int64_t total_ = 0;
  int64_t most_user_ = 0;
  // The sequence that was looked at last.
  int64_t position_ = 0;
};

}  // namespace usersync::store
