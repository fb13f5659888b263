#include "gateway/json_body.h"

#include <google/protobuf/util/json_util.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gateway/bad_field.h"
#include "protos/utf8.h"

namespace usersync::gateway {
namespace {

using users::v1::ERROR_REASON_FIELD_INVALID;
using users::v1::ERROR_REASON_FIELD_UNKNOWN;

constexpr char kBody[] = "body";
// No request is nested any deeper.
constexpr size_t kMostDepth = 16;
constexpr size_t kMostShown = 200;

// Looks at JSON as it comes, and stops at what must not be there.
class Strictness : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Strictness> {
 public:
  absl::Status flaw;

  bool String(const char* text, rapidjson::SizeType size, bool) {
    if (!absl::StrContains(absl::string_view(text, size), '\0')) return true;
    return Refuse(BadField(ERROR_REASON_FIELD_INVALID, name_, "must not hold U+0000"));
  }
  bool Key(const char* text, rapidjson::SizeType size, bool) {
    name_.assign(text, size);
    if (names_.back().insert(name_).second) return true;
    return Refuse(BadField(ERROR_REASON_FIELD_INVALID, name_, "must not be there twice"));
  }
  bool StartObject() { return Enter(); }
  bool EndObject(rapidjson::SizeType) { return Leave(); }
  bool StartArray() { return Enter(); }
  bool EndArray(rapidjson::SizeType) { return Leave(); }

 private:
  bool Enter() {
    names_.emplace_back();
    if (names_.size() <= kMostDepth) return true;
    return Refuse(BadField(ERROR_REASON_FIELD_INVALID, kBody, "must not be nested so deep"));
  }
  bool Leave() {
    names_.pop_back();
    return true;
  }
  bool Refuse(absl::Status status) {
    flaw = std::move(status);
    return false;
  }

  std::string name_;
  // Of the objects and arrays that are open.
  std::vector<std::set<std::string>> names_;
};

absl::Status CheckStrictly(absl::string_view json) {
  rapidjson::MemoryStream stream(json.data(), json.size());
  rapidjson::Reader reader;
  Strictness strictness;
  constexpr unsigned kFlags =
      rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
  if (reader.Parse<kFlags>(stream, strictness)) return absl::OkStatus();
  if (!strictness.flaw.ok()) return strictness.flaw;
  return BadField(ERROR_REASON_FIELD_INVALID, kBody,
                  absl::StrCat("must be JSON; at byte ", reader.GetErrorOffset(), ": ",
                               rapidjson::GetParseError_En(reader.GetParseErrorCode())));
}

// "user.foo" in "(user) foo: Cannot find field.", and "email" in "(email): invalid value …".
std::string FieldIn(absl::string_view text) {
  absl::string_view place = text.substr(0, text.find(": "));
  std::string field;
  if (absl::ConsumePrefix(&place, "(")) {
    const size_t end = place.find(')');
    field = std::string(place.substr(0, end));
    place = end == place.npos ? "" : place.substr(end + 1);
    if (absl::ConsumePrefix(&place, " ")) field += ".";
  }
  return absl::StrCat(field, place);
}

}  // namespace

absl::Status ReadJson(absl::string_view json, google::protobuf::Message* message) {
  if (auto status = CheckStrictly(json); !status.ok()) return status;
  const auto status =
      google::protobuf::util::JsonStringToMessage({json.data(), json.size()}, message);
  if (status.ok()) return absl::OkStatus();
  const absl::string_view text(status.message().data(), status.message().size());
  const std::string field = FieldIn(text);
  if (absl::EndsWith(text, "Cannot find field.")) {
    return BadField(ERROR_REASON_FIELD_UNKNOWN, field);
  }
  return BadField(ERROR_REASON_FIELD_INVALID, field.empty() ? kBody : field,
                  absl::StrCat("must be protobuf's JSON: ", ShowText(text, kMostShown)));
}

}  // namespace usersync::gateway
