// What is left of a user who was erased.
#pragma once

#include <string>

#include "store/feed_change.h"
#include "users/v1/mutation.pb.h"

namespace usersync::store {

// The tombstone of placeholders that an erasing version holds: nothing of it is the person's but
// the id, which nobody else may take.
users::v1::User ErasedDocument(const std::string& user_id);

// Why nothing can be written to an erased user.
users::v1::Violation UserErased(const std::string& user_id);

// A change as it is told once its user is erased: that it happened, with its proof, and no content.
FeedChange WithoutContent(const FeedChange& change);

}  // namespace usersync::store
