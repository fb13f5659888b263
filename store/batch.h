// Decides requests in order, in memory, on top of what the transaction has read: gives sequences
// and versions, seals hashes, keeps count of addresses. Pure but for the salts it is handed.
// Not thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "store/merkle_tree.h"
#include "store/request.h"
#include "store/version_record.h"

namespace usersync::store {

// What the ledger remembers of an answer. CONFLICT and INVALID get their current document anew.
struct LedgerEntry {
  std::string request_hash;
  users::v1::Receipt receipt;
  // The user that the receipt is about; "" if there is none.
  std::string user_id;
};

// What a batch begins with. A batch owns it while it decides.
struct BatchState {
  std::string epoch;
  int64_t head = 0;
  // The tree over the versions up to `head`, when the batch begins and when it is written.
  MerkleTree log;
  // Microseconds since 1970: the commit time of all versions of the batch.
  int64_t committed_at = 0;
  absl::flat_hash_map<std::string, Position> positions;
  // By user id; nullopt if it is known that there is no such user.
  absl::flat_hash_map<std::string, std::optional<CurrentUser>> users;
  // By folded address: the id of the living user who has it. An address that is not here but
  // was asked for is free.
  absl::flat_hash_map<std::string, std::string> addresses;
  // What commands take from the past, by (user id, version); version 0 is the user as it last
  // lived. nullopt if it is known that there is none.
  absl::flat_hash_map<std::pair<std::string, int32_t>, std::optional<users::v1::User>> past;
  // By (actor, mutation_id).
  absl::flat_hash_map<std::pair<std::string, std::string>, LedgerEntry> ledger;
  // Unused values of users.id.
  std::vector<int64_t> object_ids;
};

// What one decided request writes.
struct Effect {
  Answer answer;
  // Set if a version was made.
  std::optional<VersionRecord> version;
  // The user before and after that version.
  std::optional<CurrentUser> before;
  CurrentUser after;
  // Whether the answer goes to the ledger, and what was refused to the list of operators.
  bool to_ledger = false;
  bool to_refused = false;
  // The mutation that a command was made.
  std::optional<users::v1::Mutation> resolved;
  // refused: what it bears as both sides of a conflict, "" for none.
  std::string refused_audit_json;
  // Whether it is about an erased user: no word of it is kept but that it came.
  bool of_erased = false;
};

class Batch {
 public:
  // Fills a buffer with random bytes.
  using Random = std::function<void(char* bytes, size_t count)>;

  Batch(BatchState state, Random random);

  // Decides a request and makes its effect the ground of the next.
  Effect Decide(const Request& request);

  // Takes the effect of the newest Decide back, because the database refused it, and answers
  // INVALID with `rule` instead.
  Effect Refuse(const Request& request, const Effect& effect, absl::string_view rule);

  const BatchState& state() const { return state_; }
  BatchState TakeState() { return std::move(state_); }

 private:
  Effect DecideAny(const Request& request);
  Effect DecideCommand(const Request& request, const UserCommand& command);
  Effect Erase(const Request& request, const users::v1::User& document);
  absl::StatusOr<users::v1::Mutation> ResolveCommand(const Request& request,
                                                     const UserCommand& command) const;
  Effect DecideMutation(const Request& request, const users::v1::Mutation& mutation,
                        bool restoring = false);
  Effect RefuseUndecodable(const Request& request,
                           const users::internal::v1::Undecodable& undecodable) const;
  std::optional<Effect> Replay(const Request& request);
  Effect Commit(const Request& request, const Decision& decision, const CurrentUser* current);
  void Remember(const Request& request, Effect& effect);
  const CurrentUser* Find(const std::string& user_id) const;
  bool IsErased(const std::string& user_id) const;
  const users::v1::User* FindPast(const UserCommand& command) const;
  void MoveAddress(const CurrentUser* before, const CurrentUser* after);

  BatchState state_;
  Random random_;
};

// The version that a command takes from: a key of BatchState::past.
std::pair<std::string, int32_t> PastOf(const UserCommand& command);

// The id of the user that a request is about, which may be any text; "" if it could not be read.
const std::string& UserIdOf(const Request& request);

// The store's clock as RFC 3339 with milliseconds, as browsers write it.
std::string ClockText(int64_t micros);

}  // namespace usersync::store
