#include "bridge/document_codec.h"

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "protos/document_fields.h"
#include "protos/violation.h"

namespace usersync::bridge {
namespace {

using google::protobuf::FieldDescriptor;
using users::v1::ErrorReason;
using users::v1::Mutation;
using users::v1::User;

// No document is deeper than this; a bomb is not followed.
constexpr size_t kMostDepth = 8;
constexpr size_t kMostDocumentBytes = 64 << 10;
// Stands for a name that cannot be repeated in an answer; it was answered already.
constexpr char kBadName[] = "\x01";
constexpr unsigned kFlags = rapidjson::kParseValidateEncodingFlag | rapidjson::kParseIterativeFlag |
                            rapidjson::kParseNumbersAsStringsFlag;

enum class Kind { kString, kBool, kNumber, kNull, kObject, kArray };

// Where in the element the reader is.
struct Frame {
  enum class Type { kElement, kDocument, kAssumed, kForeign };
  Type type;
  size_t start;
  std::string key;
  std::vector<std::string> seen;
};

const char* RuleOf(const FieldDescriptor* field) {
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return field->has_presence() ? "must be a string or null" : "must be a string";
    case FieldDescriptor::CPPTYPE_BOOL:
      return "must be true or false";
    default:
      return "must be a number of its range";
  }
}

// RapidJSON 1.1 refuses a lone high surrogate, but writes a lone low one as three bytes that are
// no UTF-8.
bool HoldsSurrogate(absl::string_view text) {
  for (size_t i = text.find('\xed'); i != absl::string_view::npos; i = text.find('\xed', i + 1)) {
    if (i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) >= 0xa0) return true;
  }
  return false;
}

// Receives what RapidJSON reads.
class Handler {
 public:
  Handler(DecodedElement& element, const rapidjson::MemoryStream& stream)
      : element_(element), stream_(stream) {}

  bool Null() { return Value(Kind::kNull, "", false); }
  bool Bool(bool value) { return Value(Kind::kBool, "", value); }
  bool RawNumber(const char* text, unsigned length, bool) {
    return Value(Kind::kNumber, absl::string_view(text, length), false);
  }
  bool String(const char* text, unsigned length, bool) {
    return Value(Kind::kString, absl::string_view(text, length), false);
  }
  // Never called: numbers come raw.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(int64_t) { return false; }
  bool Uint64(uint64_t) { return false; }
  bool Double(double) { return false; }

  bool StartObject() {
    if (frames_.size() == kMostDepth) return TooDeep();
    Frame::Type type = Frame::Type::kForeign;
    if (frames_.empty()) {
      type = Frame::Type::kElement;
      saw_object_ = true;
    } else if (InElement() && frames_.back().key == "document") {
      type = Frame::Type::kDocument;
      is_mutation_ = saw_document_ = true;
    } else if (InElement() && frames_.back().key == "assumed") {
      type = Frame::Type::kAssumed;
      is_mutation_ = saw_assumed_ = true;
      element_.mutation.mutable_assumed();
    } else if (!Value(Kind::kObject, "", false)) {
      return false;
    }
    frames_.push_back({type, stream_.Tell() - 1, "", {}});
    return true;
  }

  bool Key(const char* text, unsigned length, bool) {
    Frame& frame = frames_.back();
    frame.key.assign(text, length);
    if (frame.type == Frame::Type::kForeign) return true;
    if (absl::StrContains(frame.key, '\0') || HoldsSurrogate(frame.key)) {
      frame.key = "?";
      Add(users::v1::ERROR_REASON_FIELD_UNKNOWN, Path(),
          "a name must not hold U+0000 or a lone surrogate");
      frame.key = kBadName;
      return true;
    }
    for (const std::string& name : frame.seen) {
      if (name == frame.key) {
        Add(users::v1::ERROR_REASON_FIELD_INVALID, Path(), "must be there only once");
      }
    }
    frame.seen.push_back(frame.key);
    return true;
  }

  bool EndObject(unsigned) {
    const Frame frame = std::move(frames_.back());
    frames_.pop_back();
    const bool is_document = frame.type == Frame::Type::kDocument ||
                             frame.type == Frame::Type::kAssumed ||
                             (frame.type == Frame::Type::kElement && !is_mutation_);
    if (is_document && stream_.Tell() - frame.start > kMostDocumentBytes) {
      Add(users::v1::ERROR_REASON_TOO_LARGE, frame.type == Frame::Type::kAssumed ? "assumed" : "",
          "must be at most 64 KiB");
    }
    return true;
  }

  bool StartArray() {
    if (frames_.size() == kMostDepth) return TooDeep();
    if (!Value(Kind::kArray, "", false)) return false;
    frames_.push_back({Frame::Type::kForeign, stream_.Tell(), "", {}});
    return true;
  }

  bool EndArray(unsigned) {
    frames_.pop_back();
    return true;
  }

  // Ends what was read whole.
  void Finish() {
    if (!saw_object_ && element_.violations.empty()) {
      Add(users::v1::ERROR_REASON_FIELD_INVALID, "", "must be an object");
      return;
    }
    Mutation& mutation = element_.mutation;
    if (!is_mutation_) {
      mutation.set_unconditional(true);
      *mutation.mutable_user() = std::move(plain_);
      return;
    }
    for (const std::string& name : plain_names_) {
      Add(users::v1::ERROR_REASON_FIELD_UNKNOWN, name,
          "a field of the document, not of the mutation around it");
    }
    if (!saw_document_) Add(users::v1::ERROR_REASON_FIELD_REQUIRED, "document", "");
    if (!saw_assumed_) {
      Add(users::v1::ERROR_REASON_FIELD_REQUIRED, "assumed",
          "the document as the author last saw it, or null for an insert");
    }
  }

  // The field that the reader is at, such as assumed.email.
  std::string Path() const {
    const std::string prefix = Prefix();
    for (const Frame& frame : frames_) {
      if (frame.type == Frame::Type::kForeign) return prefix;
    }
    return frames_.empty() ? "" : absl::StrCat(prefix, frames_.back().key);
  }

  void Add(ErrorReason reason, absl::string_view field, absl::string_view rule,
           absl::string_view value = "") {
    element_.violations.push_back(MakeViolation(reason, field, rule, value));
  }

 private:
  bool InElement() const { return frames_.back().type == Frame::Type::kElement; }

  std::string Prefix() const {
    for (const Frame& frame : frames_) {
      if (frame.type == Frame::Type::kAssumed) return "assumed.";
    }
    return "";
  }

  bool TooDeep() {
    Add(users::v1::ERROR_REASON_FIELD_INVALID, Path(),
        absl::StrCat("must not be nested deeper than ", kMostDepth, " levels"));
    return false;
  }

  // A value of the key at hand. Returns false only to stop reading.
  bool Value(Kind kind, absl::string_view text, bool flag) {
    if (frames_.empty()) {
      Add(users::v1::ERROR_REASON_FIELD_INVALID, "", "must be a document or a mutation: an object");
      return kind != Kind::kArray;
    }
    switch (frames_.back().type) {
      case Frame::Type::kForeign:
        return true;
      case Frame::Type::kElement:
        return ElementValue(kind, text, flag);
      case Frame::Type::kDocument:
        return FieldValue(kind, text, flag, element_.mutation.mutable_user());
      case Frame::Type::kAssumed:
        return FieldValue(kind, text, flag, element_.mutation.mutable_assumed());
    }
    return false;
  }

  bool ElementValue(Kind kind, absl::string_view text, bool flag) {
    const std::string& key = frames_.back().key;
    if (FindDocumentField(key) != nullptr) {
      plain_names_.push_back(key);
      return FieldValue(kind, text, flag, &plain_);
    }
    Mutation& mutation = element_.mutation;
    if (key == "mutation_id") {
      is_mutation_ = true;
      if (Text(kind, text, "must be a string")) mutation.set_mutation_id(std::string(text));
    } else if (key == "reason") {
      is_mutation_ = true;
      if (kind != Kind::kNull && Text(kind, text, "must be a string")) {
        mutation.set_reason(std::string(text));
      }
    } else if (key == "on_conflict") {
      is_mutation_ = true;
      SetPolicy(kind, text);
    } else if (key == "document") {
      is_mutation_ = saw_document_ = true;
      Add(users::v1::ERROR_REASON_FIELD_INVALID, key, "must be an object");
    } else if (key == "assumed") {
      is_mutation_ = saw_assumed_ = true;
      if (kind == Kind::kNull) {
        mutation.set_assumed_absent(true);
      } else {
        Add(users::v1::ERROR_REASON_FIELD_INVALID, key, "must be an object or null");
      }
    } else if (key != kBadName) {
      Add(users::v1::ERROR_REASON_FIELD_UNKNOWN, key, "");
    }
    return true;
  }

  void SetPolicy(Kind kind, absl::string_view text) {
    const bool is_text = kind == Kind::kString;
    if (is_text && text == "refuse") {
      element_.mutation.set_conflict_policy(users::v1::CONFLICT_POLICY_REFUSE);
    } else if (is_text && text == "overwrite") {
      element_.mutation.set_conflict_policy(users::v1::CONFLICT_POLICY_OVERWRITE);
    } else {
      Add(users::v1::ERROR_REASON_FIELD_INVALID, "on_conflict",
          "must be \"refuse\" or \"overwrite\"", text);
    }
  }

  // Whether a value is a string that can be kept; otherwise says what is wrong with it.
  bool Text(Kind kind, absl::string_view text, absl::string_view rule) {
    if (kind != Kind::kString) {
      Add(users::v1::ERROR_REASON_FIELD_INVALID, Path(), rule, text);
      return false;
    }
    if (absl::StrContains(text, '\0')) {
      Add(users::v1::ERROR_REASON_FIELD_INVALID, Path(), "must not hold U+0000", text);
      return false;
    }
    if (HoldsSurrogate(text)) {
      Add(users::v1::ERROR_REASON_FIELD_INVALID, Path(), "must not hold a lone surrogate");
      return false;
    }
    return true;
  }

  bool FieldValue(Kind kind, absl::string_view text, bool flag, User* user) {
    const DocumentField* field = FindDocumentField(frames_.back().key);
    if (field == nullptr) {
      if (frames_.back().key != kBadName) {
        Add(users::v1::ERROR_REASON_FIELD_UNKNOWN, Path(), "");
      }
      return true;
    }
    // null and absent are the same where a field can be absent.
    if (kind == Kind::kNull && field->descriptor->has_presence()) return true;
    if (!Set(kind, text, flag, field->descriptor, user)) {
      Add(users::v1::ERROR_REASON_FIELD_INVALID, Path(), RuleOf(field->descriptor), text);
    }
    return true;
  }

  bool Set(Kind kind, absl::string_view text, bool flag, const FieldDescriptor* field, User* user) {
    const auto* reflect = User::GetReflection();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        if (Text(kind, text, RuleOf(field))) {
          reflect->SetString(user, field, std::string(text));
        }
        return true;
      case FieldDescriptor::CPPTYPE_BOOL:
        if (kind != Kind::kBool) return false;
        reflect->SetBool(user, field, flag);
        return true;
      case FieldDescriptor::CPPTYPE_INT32: {
        int32_t number = 0;
        if (kind != Kind::kNumber || !absl::SimpleAtoi(text, &number)) return false;
        reflect->SetInt32(user, field, number);
        return true;
      }
      case FieldDescriptor::CPPTYPE_INT64: {
        int64_t number = 0;
        if (kind != Kind::kNumber || !absl::SimpleAtoi(text, &number)) return false;
        reflect->SetInt64(user, field, number);
        return true;
      }
      default:
        return false;
    }
  }

  DecodedElement& element_;
  const rapidjson::MemoryStream& stream_;
  std::vector<Frame> frames_;
  User plain_;
  std::vector<std::string> plain_names_;
  bool saw_object_ = false;
  bool is_mutation_ = false;
  bool saw_document_ = false;
  bool saw_assumed_ = false;
};

// What an encoding error in a string is told; null if the error is one of grammar.
const char* EncodingRule(rapidjson::ParseErrorCode code) {
  switch (code) {
    case rapidjson::kParseErrorStringInvalidEncoding:
      return "must be valid UTF-8";
    case rapidjson::kParseErrorStringUnicodeSurrogateInvalid:
      return "must not hold a lone surrogate";
    case rapidjson::kParseErrorNumberTooBig:
      return "must not be so large a number";
    default:
      return nullptr;
  }
}

}  // namespace

DecodedElement DecodeElement(absl::string_view json) {
  DecodedElement element;
  rapidjson::MemoryStream stream(json.data(), json.size());
  rapidjson::Reader reader;
  Handler handler(element, stream);
  reader.Parse<kFlags>(stream, handler);
  const rapidjson::ParseErrorCode code = reader.GetParseErrorCode();
  // The reader takes a byte 0 for the end.
  const bool whole = stream.Tell() == json.size();
  if (code == rapidjson::kParseErrorNone && whole) {
    handler.Finish();
  } else if (const char* rule = EncodingRule(code)) {
    handler.Add(users::v1::ERROR_REASON_FIELD_INVALID, handler.Path(), rule);
  } else if (code != rapidjson::kParseErrorTermination) {
    element.not_json = true;
    element.violations.clear();
    handler.Add(users::v1::ERROR_REASON_FIELD_INVALID, "",
                absl::StrCat("must be JSON: wrong at byte ", reader.GetErrorOffset()));
  }
  return element;
}

void AppendJsonString(absl::string_view text, std::string& out) {
  static constexpr char kHex[] = "0123456789abcdef";
  out.push_back('"');
  size_t start = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text.data() + start, i - start);
    start = i + 1;
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(static_cast<char>(c));
    } else {
      out.append("\\u00");
      out.push_back(kHex[c >> 4]);
      out.push_back(kHex[c & 15]);
    }
  }
  out.append(text.data() + start, text.size() - start);
  out.push_back('"');
}

std::string EncodeDocument(const User& user) {
  const auto* reflect = User::GetReflection();
  std::string out = "{";
  out.reserve(user.ByteSizeLong() + 160);
  for (const DocumentField& field : DocumentFields()) {
    if (field.descriptor->has_presence() && !reflect->HasField(user, field.descriptor)) continue;
    absl::StrAppend(&out, out.size() > 1 ? ",\"" : "\"", field.json_name, "\":");
    std::string scratch;
    switch (field.descriptor->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        AppendJsonString(reflect->GetStringReference(user, field.descriptor, &scratch), out);
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        out.append(reflect->GetBool(user, field.descriptor) ? "true" : "false");
        break;
      case FieldDescriptor::CPPTYPE_INT32:
        absl::StrAppend(&out, reflect->GetInt32(user, field.descriptor));
        break;
      default:
        absl::StrAppend(&out, reflect->GetInt64(user, field.descriptor));
        break;
    }
  }
  out.push_back('}');
  return out;
}

}  // namespace usersync::bridge
