#include "store/erasure.h"

#include "absl/strings/str_cat.h"
#include "protos/violation.h"

namespace usersync::store {

users::v1::User ErasedDocument(const std::string& user_id) {
  users::v1::User user;
  user.set_id(user_id);
  user.set_email(absl::StrCat("erased-", user_id, "@erased.invalid"));
  user.set_status("erased");
  user.set_created_at("1970-01-01T00:00:00Z");
  user.set_updated_at("1970-01-01T00:00:00Z");
  user.set_deleted(true);
  return user;
}

users::v1::Violation UserErased(const std::string& user_id) {
  return MakeViolation(users::v1::ERROR_REASON_USER_ERASED, "id", "", user_id);
}

FeedChange WithoutContent(const FeedChange& change) {
  FeedChange left{.change = change.change, .proof = change.proof, .knows_before = true};
  users::v1::Version& version = *left.change.mutable_version();
  version.clear_user();
  version.clear_reason();
  version.clear_mutation_id();
  version.clear_conflicts();
  left.proof.clear_body_salt();
  return left;
}

}  // namespace usersync::store
