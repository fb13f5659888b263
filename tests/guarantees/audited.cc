#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "tests/guarantees/guarantees.h"
#include "tests/guarantees/version_digest.h"

namespace usersync::tests {
namespace {

using nlohmann::json;

const std::string kNoHash(32, '\0');

// The names of the fields whose value differs, sorted; absent equals the default.
std::vector<std::string> ChangedFields(const json& before, const json& after) {
  const auto field = [](const json& document, const std::string& name) {
    if (document.contains(name)) return document[name];
    return name == "_deleted" ? json(false) : json();
  };
  std::set<std::string> names;
  for (const json* document : {&before, &after}) {
    for (const auto& item : document->items()) {
      if (field(before, item.key()) != field(after, item.key())) names.insert(item.key());
    }
  }
  return {names.begin(), names.end()};
}

class UserAudit {
 public:
  UserAudit(const UserRow& user, Flaws& flaws) : user_(user), flaws_(flaws) {}

  void Add(const VersionRow& row) {
    seq_ = row.seq;
    const int expected = last_ == nullptr ? 1 : last_->version + 1;
    if (row.version != expected) {
      Flaw(absl::StrCat("version ", row.version, " stands where ", expected, " should"));
    }
    if ((row.action == "create") != (last_ == nullptr)) Flaw("the create is not the first version");
    if (row.prev_hash != (last_ == nullptr ? kNoHash : last_->hash)) {
      Flaw("prev_hash is not the hash before");
    }
    CheckHashes(row);
    CheckAction(row);
    last_ = &row;
  }

  void End() {
    if (last_ == nullptr) return Flaw("has no version");
    seq_ = last_->seq;
    if (user_.version != last_->version || user_.seq != last_->seq || user_.hash != last_->hash) {
      Flaw("the row names another version than the last");
    }
    if (last_->document && user_.document != *last_->document) {
      Flaw("the row is not the last version: " + user_.document.dump());
    }
    CheckColumns();
  }

 private:
  void Flaw(const std::string& text) {
    flaws_.push_back(absl::StrCat("user ", user_.doc_id, ", seq ", seq_, ": ", text));
  }

  void CheckHashes(const VersionRow& row) {
    if (row.format != 1 || row.object_type != "user") Flaw("another format");
    if (row.document.has_value() != row.body_salt.has_value()) Flaw("half erased");
    if (row.document && row.body_salt && BodyHash(row, user_.doc_id) != row.body_hash) {
      Flaw("body_hash is wrong");
    }
    if (row.actor.has_value() != row.actor_salt.has_value()) Flaw("half pseudonymised");
    if (row.actor && row.actor_salt && ActorHash(row) != row.actor_hash) {
      Flaw("actor_hash is wrong");
    }
    if (LeafHash(row) != row.hash) Flaw("hash is wrong");
  }

  void CheckAction(const VersionRow& row) {
    if (!row.document || (last_ != nullptr && !last_->document)) return;
    const json before = last_ == nullptr ? json::object() : *last_->document;
    if (!row.document->contains("_deleted")) Flaw("_deleted is not there");
    if (row.changed_fields != ChangedFields(before, *row.document)) Flaw("changed_fields is wrong");
    if (last_ == nullptr) return;
    const bool was_deleted = before.value("_deleted", false);
    const bool is_deleted = row.document->value("_deleted", false);
    const std::string expected = is_deleted && !was_deleted   ? "delete"
                                 : was_deleted && !is_deleted ? "undelete"
                                                              : "update";
    // A restore may do any of them.
    if (row.action != expected && row.action != "restore" && row.action != "erase") {
      Flaw(absl::StrCat("the action is ", row.action, ", not ", expected));
    }
  }

  void CheckColumns() {
    const json& document = user_.document;
    const json role = user_.role ? json(*user_.role) : json();
    if (document.value("id", "") != user_.doc_id || document.value("email", "") != user_.email ||
        document.value("status", "") != user_.status || document.value("role", json()) != role ||
        document.value("_deleted", false) != user_.deleted || !user_.times_agree) {
      Flaw("the columns and the document of the row differ");
    }
  }

  const UserRow& user_;
  Flaws& flaws_;
  const VersionRow* last_ = nullptr;
  int64_t seq_ = 0;
};

void CheckAddresses(const History& history, Flaws& flaws) {
  std::map<std::string, int64_t> living;
  for (const UserRow& user : history.users) {
    if (user.deleted) continue;
    const auto [other, is_new] = living.emplace(absl::AsciiStrToLower(user.email), user.object_id);
    if (!is_new) {
      flaws.push_back(
          absl::StrCat("users ", other->second, " and ", user.object_id, " share ", user.email));
    }
  }
  if (living != history.addresses) flaws.push_back("the remembered addresses are others");
}

}  // namespace

Flaws Audited(const Evidence& evidence) {
  Flaws flaws;
  std::map<int64_t, UserAudit> audits;
  for (const UserRow& user : evidence.history.users) {
    audits.emplace(user.object_id, UserAudit(user, flaws));
  }
  for (const VersionRow& row : evidence.history.versions) {
    const auto audit = audits.find(row.object_id);
    if (audit == audits.end()) {
      flaws.push_back(absl::StrCat("seq ", row.seq, " belongs to no user"));
    } else {
      audit->second.Add(row);
    }
  }
  for (auto& [object_id, audit] : audits) audit.End();
  CheckAddresses(evidence.history, flaws);
  return flaws;
}

}  // namespace usersync::tests
