#include "tests/guarantees/sample.h"

#include "tests/guarantees/version_digest.h"

namespace usersync::tests {
namespace {

using nlohmann::json;

constexpr int64_t kSecond = 1000000;

json Document(const std::string& id, const std::string& status, const std::string& role, int second,
              bool deleted = false) {
  return {{"id", id},
          {"email", id + "@example.com"},
          {"status", status},
          {"role", role},
          {"created_at", "2024-01-01T00:00:00Z"},
          {"updated_at", "2024-01-01T00:00:0" + std::to_string(second) + "Z"},
          {"_deleted", deleted}};
}

class Builder {
 public:
  Builder() {
    evidence_.history.epoch = "6f1c2f3e-0000-4000-8000-000000000001";
    evidence_.watches.emplace_back();
    evidence_.browsers.emplace_back();
  }

  // Commits a document and tells everybody.
  const VersionRow& Add(const std::string& actor, const std::string& action, const json& document,
                        const std::vector<std::string>& changed, const std::string& mutation_id) {
    History& history = evidence_.history;
    const std::string doc_id = document["id"];
    UserRow& user = User(doc_id);
    VersionRow row{.seq = ++history.head,
                   .object_id = user.object_id,
                   .version = ++user.version,
                   .document = document,
                   .actor = actor,
                   .mutation_id = mutation_id,
                   .body_salt = std::string(16, 'b'),
                   .actor_salt = std::string(16, 'a'),
                   .object_type = "user",
                   .action = action,
                   .auth = "nats",
                   .format = 1,
                   .committed_at = history.head * kSecond,
                   .changed_fields = changed,
                   .prev_hash = user.hash.empty() ? std::string(32, '\0') : user.hash};
    Seal(row, doc_id);
    user.email = document["email"];
    user.status = document["status"];
    user.role = document["role"];
    user.document = document;
    user.deleted = document["_deleted"];
    user.seq = row.seq;
    user.hash = row.hash;
    history.last_at = row.committed_at;
    Tell(row);
    history.versions.push_back(row);
    return history.versions.back();
  }

  void Ask(const std::string& actor, const std::string& mutation_id, const json& document,
           const json& assumed, const json& receipt) {
    evidence_.asked.push_back({.actor = actor,
                               .mutation_id = mutation_id,
                               .document = document,
                               .assumed = assumed,
                               .receipts = {receipt, receipt}});
  }

  Evidence Finish() {
    for (const UserRow& user : evidence_.history.users) {
      if (!user.deleted) evidence_.history.addresses[user.email] = user.object_id;
    }
    return std::move(evidence_);
  }

  Evidence& evidence() { return evidence_; }

 private:
  UserRow& User(const std::string& doc_id) {
    for (UserRow& user : evidence_.history.users) {
      if (user.doc_id == doc_id) return user;
    }
    const int64_t object_id = 100 + static_cast<int64_t>(evidence_.history.users.size());
    evidence_.history.users.push_back({.object_id = object_id, .doc_id = doc_id});
    return evidence_.history.users.back();
  }

  void Tell(const VersionRow& row) {
    const Told told{.seq = row.seq,
                    .epoch = evidence_.history.epoch,
                    .checkpoint = "checkpoint-" + std::to_string(row.seq),
                    .version = row.version,
                    .action = row.action,
                    .actor = *row.actor,
                    .mutation_id = *row.mutation_id,
                    .document = *row.document};
    evidence_.broadcasts.push_back(told);
    evidence_.watches[0].push_back(told);
    evidence_.browsers[0][(*row.document)["id"]] = *row.document;
  }

  Evidence evidence_;
};

json Receipt(const std::string& outcome, const VersionRow& row) {
  return {{"outcome", outcome},
          {"seq", row.seq},
          {"version", row.version},
          {"document", *row.document}};
}

}  // namespace

void Seal(VersionRow& row, const std::string& doc_id) {
  row.body_hash = BodyHash(row, doc_id);
  row.actor_hash = ActorHash(row);
  row.hash = LeafHash(row);
}

Evidence Sample() {
  const std::vector<std::string> all = {"created_at", "email",  "id",
                                        "role",       "status", "updated_at"};
  Builder builder;
  const json ann = Document("ann", "active", "user", 1);
  builder.Ask("alice", "m-1", ann, json(),
              Receipt("APPLIED", builder.Add("alice", "create", ann, all, "m-1")));

  const json bo = Document("bo", "new", "user", 1);
  builder.evidence().plain["alice"].push_back(bo);
  builder.Add("alice", "create", bo, all, "USERS_UPDATE:2:17");

  const json busy = Document("ann", "busy", "user", 2);
  builder.Ask(
      "bob", "m-3", busy, ann,
      Receipt("APPLIED", builder.Add("bob", "update", busy, {"status", "updated_at"}, "m-3")));

  // alice, who saw the first version, changes the role; bob's status stays.
  const json mine = Document("ann", "active", "admin", 3);
  const json merged = Document("ann", "busy", "admin", 3);
  builder.Ask(
      "alice", "m-4", mine, ann,
      Receipt("MERGED", builder.Add("alice", "update", merged, {"role", "updated_at"}, "m-4")));

  const json gone = Document("bo", "new", "user", 5, true);
  builder.evidence().plain["alice"].push_back(gone);
  builder.Add("alice", "delete", gone, {"_deleted", "updated_at"}, "USERS_UPDATE:5:18");
  return builder.Finish();
}

}  // namespace usersync::tests
