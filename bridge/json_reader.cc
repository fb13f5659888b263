#include "bridge/json_reader.h"

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "bridge/json_string.h"

namespace usersync::bridge {
namespace {

// Not kParseValidateEncodingFlag: it would stop at the first flaw, where FlawOf names each.
constexpr unsigned kFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;

// Receives RapidJSON's events.
class Handler {
 public:
  Handler(const rapidjson::MemoryStream& stream, JsonMembers& members)
      : stream_(stream), members_(members) {}

  bool Null() { return Scalar({}); }
  bool Bool(bool flag) { return Scalar({.kind = JsonValue::Kind::kBool, .flag = flag}); }
  bool RawNumber(const char* text, unsigned length, bool) {
    return Scalar({.kind = JsonValue::Kind::kNumber, .text = {text, length}});
  }
  bool String(const char* text, unsigned length, bool) {
    return Scalar({.kind = JsonValue::Kind::kString, .text = {text, length}});
  }
  // Never called: numbers come raw.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(int64_t) { return false; }
  bool Uint64(uint64_t) { return false; }
  bool Double(double) { return false; }

  bool Key(const char* text, unsigned length, bool) {
    if (skipped_ == 0) name_.assign(text, length);
    return true;
  }
  bool StartObject() {
    is_object_ = is_object_ || (levels_.empty() && skipped_ == 0);
    return Start(JsonValue::Kind::kObject);
  }
  bool EndObject(unsigned) { return End(); }
  bool StartArray() { return Start(JsonValue::Kind::kArray); }
  bool EndArray(unsigned) { return End(); }

  bool is_object() const { return is_object_; }

 private:
  struct Level {
    JsonMembers* members;
    size_t begin;
  };

  bool Scalar(const JsonValue& value) {
    if (skipped_ == 0 && !levels_.empty()) levels_.back().members->Take(name_, value);
    return true;
  }

  // The stream stands at the bracket, here and in End.
  bool Start(JsonValue::Kind kind) {
    JsonMembers* inner = nullptr;
    if (skipped_ == 0 && !levels_.empty()) {
      inner = levels_.back().members->Take(name_, {.kind = kind});
    } else if (skipped_ == 0 && kind == JsonValue::Kind::kObject) {
      inner = &members_;
    }
    if (inner == nullptr) {
      ++skipped_;
    } else {
      levels_.push_back({inner, stream_.Tell()});
    }
    return true;
  }

  bool End() {
    if (skipped_ > 0) {
      --skipped_;
      return true;
    }
    const Level level = levels_.back();
    levels_.pop_back();
    level.members->End(stream_.Tell() + 1 - level.begin);
    return true;
  }

  const rapidjson::MemoryStream& stream_;
  JsonMembers& members_;
  // The objects around the reader that somebody takes, and how many more brackets are open that
  // nobody wants.
  std::vector<Level> levels_;
  size_t skipped_ = 0;
  std::string name_;
  bool is_object_ = false;
};

}  // namespace

JsonResult ReadJsonObject(absl::string_view json, JsonMembers& members) {
  std::string lowered;
  if (absl::StrContains(json, '\\')) {
    lowered = LowerLoneSurrogates(json);
    json = lowered;
  }
  rapidjson::MemoryStream stream(json.data(), json.size());
  rapidjson::Reader reader;
  Handler handler(stream, members);
  reader.Parse<kFlags>(stream, handler);
  if (reader.GetParseErrorCode() == rapidjson::kParseErrorNumberTooBig) {
    const absl::string_view rest = json.substr(reader.GetErrorOffset());
    const size_t length = std::min(rest.find_first_not_of("0123456789+-.eE"), rest.size());
    handler.RawNumber(rest.data(), static_cast<unsigned>(length), true);
    return {handler.is_object() ? JsonResult::Kind::kCutShort : JsonResult::Kind::kNoObject};
  }
  if (reader.HasParseError()) return {JsonResult::Kind::kNotJson, reader.GetErrorOffset()};
  // The parser takes a byte 0 for the end.
  if (stream.Tell() != json.size()) return {JsonResult::Kind::kNotJson, stream.Tell()};
  return {handler.is_object() ? JsonResult::Kind::kObject : JsonResult::Kind::kNoObject};
}

}  // namespace usersync::bridge
