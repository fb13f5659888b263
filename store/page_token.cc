#include "store/page_token.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "store/field_error.h"

namespace usersync::store {

std::string EncodePageToken(absl::string_view kind, absl::string_view place) {
  return absl::WebSafeBase64Escape(absl::StrCat(kind, ":", place));
}

absl::StatusOr<std::string> DecodePageToken(absl::string_view kind, absl::string_view token) {
  std::string decoded;
  if (!absl::WebSafeBase64Unescape(token, &decoded)) return PageTokenMalformed();
  absl::string_view place = decoded;
  // The decoder takes white space and padding too, which would be another string.
  if (!absl::ConsumePrefix(&place, kind) || !absl::ConsumePrefix(&place, ":") ||
      EncodePageToken(kind, place) != token) {
    return PageTokenMalformed();
  }
  return std::string(place);
}

absl::Status PageTokenMalformed() {
  return InvalidField(users::v1::ERROR_REASON_TOKEN_MALFORMED, "page_token");
}

}  // namespace usersync::store
