#include "gateway/request_fields.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gateway/bad_field.h"
#include "protos/json_text.h"

namespace usersync::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using users::v1::ERROR_REASON_FIELD_INVALID;
using users::v1::ERROR_REASON_FIELD_UNKNOWN;

constexpr absl::string_view kMessagesAsText[] = {
    "google.protobuf.Timestamp", "google.protobuf.Duration", "google.protobuf.FieldMask"};

const FieldDescriptor* FindField(const Descriptor& message, absl::string_view name) {
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor* const field = message.field(i);
    if (name == field->name() || name == field->json_name()) return field;
  }
  return nullptr;
}

bool MayRepeat(const FieldDescriptor& field) {
  return field.is_repeated() || (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
                                 field.message_type()->full_name() == "google.protobuf.FieldMask");
}

std::string RuleOf(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return "must be true or false";
    case FieldDescriptor::CPPTYPE_ENUM:
      return absl::StrCat("must be a name of ", field.enum_type()->full_name());
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return absl::StrCat("must be a ", field.message_type()->full_name(),
                          " as in protobuf's JSON");
    case FieldDescriptor::CPPTYPE_STRING:
      return "must be base64";
    default:
      return "must be a number within the range of its type";
  }
}

// Merges a value into the message. protobuf's JSON takes a string for every type, and reads it as
// the type would be.
bool Merge(const FieldDescriptor& field, absl::string_view text, Message* message) {
  std::string value;
  AppendJsonString(text, value);
  if (field.is_repeated()) value = absl::StrCat("[", value, "]");
  const std::string json = absl::StrCat("{\"", field.json_name(), "\":", value, "}");
  const std::unique_ptr<Message> part(message->New());
  if (!google::protobuf::util::JsonStringToMessage(json, part.get()).ok()) return false;
  message->MergeFrom(*part);
  return true;
}

}  // namespace

bool HasTextForm(const FieldDescriptor& field) {
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return true;
  return std::find(std::begin(kMessagesAsText), std::end(kMessagesAsText),
                   field.message_type()->full_name()) != std::end(kMessagesAsText);
}

RequestFields::Place RequestFields::Find(absl::string_view name, bool is_query) const {
  Place place{&request_, nullptr};
  for (const absl::string_view part : absl::StrSplit(name, '.')) {
    if (place.field != nullptr) {
      if (HasTextForm(*place.field) || place.field->is_repeated()) return {};
      place.message = place.message->GetReflection()->MutableMessage(place.message, place.field);
    }
    const bool is_top = place.field == nullptr;
    place.field = FindField(*place.message->GetDescriptor(), part);
    if (place.field == nullptr) return {};
    if (is_query && is_top && place.field->name() == body_) return {};
  }
  return HasTextForm(*place.field) ? place : Place{};
}

absl::Status RequestFields::SetFromPath(const std::string& name, const std::string& text) {
  const Place place = Find(name, /*is_query=*/false);
  const std::string before = request_.SerializeAsString();
  const bool was_set = place.message->GetReflection()->HasField(*place.message, place.field);
  if (!Merge(*place.field, text, place.message)) {
    return BadField(ERROR_REASON_FIELD_INVALID, name, RuleOf(*place.field), text);
  }
  if (was_set && request_.SerializeAsString() != before) {
    return BadField(ERROR_REASON_FIELD_INVALID, name, "must be what the path says, or left out");
  }
  set_.insert(place.field->full_name());
  return absl::OkStatus();
}

absl::Status RequestFields::SetFromQuery(const std::string& name, const std::string& text) {
  const Place place = Find(name, /*is_query=*/true);
  if (place.field == nullptr) return BadField(ERROR_REASON_FIELD_UNKNOWN, name);
  const auto* reflection = place.message->GetReflection();
  const auto* one_of = place.field->real_containing_oneof();
  if (one_of != nullptr && reflection->HasOneof(*place.message, one_of)) {
    return BadField(
        ERROR_REASON_FIELD_INVALID, name,
        absl::StrCat("must stand alone: only one field of ", one_of->name(), " may be set"));
  }
  if (!MayRepeat(*place.field) && (!set_.insert(place.field->full_name()).second ||
                                   reflection->HasField(*place.message, place.field))) {
    return BadField(ERROR_REASON_FIELD_INVALID, name, "must be given once");
  }
  if (!Merge(*place.field, text, place.message)) {
    return BadField(ERROR_REASON_FIELD_INVALID, name, RuleOf(*place.field), text);
  }
  return absl::OkStatus();
}

}  // namespace usersync::gateway
