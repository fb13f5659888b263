// The rules for the fields of a document. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "users/v1/mutation.pb.h"

namespace usersync::store {

// The most bytes that a document may have as JSON.
inline constexpr size_t kMostDocumentBytes = 64 << 10;

// Whether `text`, valid UTF-8, has at most `most` characters (code points), none of them U+0000
// [PostgreSQL cannot hold it].
bool IsText(absl::string_view text, size_t most);

// What a reason must be.
bool IsReason(absl::string_view text);
inline constexpr char kReasonRule[] = "must be at most 1024 characters, none of them U+0000";

// Appends every broken rule of a document. `part` is "" for the document itself, "assumed" for
// the one that its author assumed, which names the fields "assumed.email". A field that is as in
// `current` (may be null) is not judged.
void CheckDocument(const users::v1::User& user, absl::string_view part,
                   const users::v1::User* current, std::vector<users::v1::Violation>& violations);

}  // namespace usersync::store
