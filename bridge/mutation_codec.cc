#include "bridge/mutation_codec.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "bridge/document_codec.h"
#include "bridge/field_codec.h"

namespace usersync::bridge {
namespace {

using users::v1::Mutation;

constexpr size_t kMostMutationIdLength = 128;

// The keys of a mutation. Any but `reason` makes an object one: no document has such fields.
enum Key { kMutationId, kDocument, kAssumed, kOnConflict, kReason, kKeys };
constexpr absl::string_view kNames[kKeys] = {"mutation_id", "document", "assumed", "on_conflict",
                                             "reason"};

class MutationDecoder final : public JsonMembers {
 public:
  explicit MutationDecoder(DecodedMutation& decoded)
      : mutation_(decoded.mutation),
        violations_(decoded.violations),
        plain_("", *mutation_.mutable_user(), violations_) {}

  JsonMembers* Take(absl::string_view name, const JsonValue& value) override {
    const auto* known = std::find(kNames, kNames + kKeys, name);
    if (known == kNames + kKeys) return plain_.Take(name, value);
    const Key key = static_cast<Key>(known - kNames);
    if (!seen_[key]) {
      seen_[key] = true;
      return TakeFirst(key, value);
    }
    // Which of them is meant cannot be read.
    if (key == kMutationId) mutation_.clear_mutation_id();
    violations_.AddInvalid(name, "must be there only once", value.text);
    return nullptr;
  }

  void End(size_t bytes) override {
    if (seen_[kMutationId] || seen_[kDocument] || seen_[kAssumed] || seen_[kOnConflict]) {
      EndMutation();
    } else {
      EndPlain(bytes);
    }
  }

 private:
  JsonMembers* TakeFirst(Key key, const JsonValue& value) {
    const bool is_object = value.kind == JsonValue::Kind::kObject;
    if (is_object && key == kDocument) {
      has_document_ = true;
      return &nested_.emplace("", *mutation_.mutable_user(), violations_);
    }
    if (is_object && key == kAssumed) {
      return &nested_.emplace("assumed.", *mutation_.mutable_assumed(), violations_);
    }
    if (const char* rule = TakeValue(key, value)) {
      violations_.AddInvalid(kNames[key], rule, value.text);
    }
    return nullptr;
  }

  // Returns the rule that the value breaks, or nullptr.
  const char* TakeValue(Key key, const JsonValue& value) {
    switch (key) {
      case kMutationId:
        if (const char* flaw = FlawOfString(value)) return flaw;
        if (!IsMutationId(value.text)) return "must be 1 to 128 characters of [A-Za-z0-9._~-]";
        mutation_.set_mutation_id(std::string(value.text));
        return nullptr;
      case kAssumed:
        if (value.kind != JsonValue::Kind::kNull) return "must be an object, or null for an insert";
        mutation_.set_assumed_absent(true);
        return nullptr;
      case kOnConflict:
        return TakePolicy(value);
      case kReason:
        if (const char* flaw = FlawOfString(value)) return flaw;
        mutation_.set_reason(std::string(value.text));
        return nullptr;
      default:
        return "must be an object";
    }
  }

  const char* TakePolicy(const JsonValue& value) {
    const bool is_string = value.kind == JsonValue::Kind::kString;
    if (is_string && value.text == "refuse") {
      mutation_.set_conflict_policy(users::v1::CONFLICT_POLICY_REFUSE);
    } else if (is_string && value.text == "overwrite") {
      mutation_.set_conflict_policy(users::v1::CONFLICT_POLICY_OVERWRITE);
    } else {
      return "must be \"refuse\" or \"overwrite\"";
    }
    return nullptr;
  }

  void EndMutation() {
    for (const DocumentField* field : plain_.SeenFields()) {
      violations_.Add(users::v1::ERROR_REASON_FIELD_UNKNOWN, field->json_name,
                      "beside \"document\"; it belongs inside");
    }
    if (!has_document_) mutation_.clear_user();
    if (!seen_[kDocument]) violations_.Add(users::v1::ERROR_REASON_FIELD_REQUIRED, "document");
    if (!seen_[kAssumed]) {
      violations_.Add(users::v1::ERROR_REASON_FIELD_REQUIRED, "assumed",
                      "must be the document as its author last saw it, or null for an insert");
    }
  }

  void EndPlain(size_t bytes) {
    if (seen_[kReason]) violations_.Add(users::v1::ERROR_REASON_FIELD_UNKNOWN, "reason");
    mutation_.set_unconditional(true);
    plain_.End(bytes);
  }

  Mutation& mutation_;
  ViolationList& violations_;
  // Takes the members that are no mutation's.
  DocumentDecoder plain_;
  // Takes the object that is being read.
  std::optional<DocumentDecoder> nested_;
  bool seen_[kKeys] = {};
  bool has_document_ = false;
};

}  // namespace

DecodedMutation DecodeMutation(absl::string_view json) {
  DecodedMutation decoded;
  MutationDecoder decoder(decoded);
  const JsonResult result = ReadJsonObject(json, decoder);
  if (result.kind == JsonResult::Kind::kNotJson) {
    decoded = {};
    decoded.violations.AddInvalid(
        "", absl::StrCat("must be JSON, and is not from byte ", result.offset, " on"));
  } else if (result.kind == JsonResult::Kind::kNoObject) {
    decoded.violations.AddInvalid("", "must be a document or a mutation: an object");
  }
  decoded.read = result.kind;
  return decoded;
}

bool IsMutationId(absl::string_view id) {
  const auto allowed = [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '~' ||
           c == '-';
  };
  return !id.empty() && id.size() <= kMostMutationIdLength &&
         std::all_of(id.begin(), id.end(), allowed);
}

}  // namespace usersync::bridge
