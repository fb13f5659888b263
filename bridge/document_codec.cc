#include "bridge/document_codec.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "bridge/field_codec.h"

namespace usersync::bridge {
namespace {

constexpr size_t kMostDocumentBytes = 64 << 10;
// What names and quotes add to the values of a document.
constexpr size_t kUsualNames = 160;

// ,"name": for each document field, in their order.
std::vector<std::string> Labels() {
  std::vector<std::string> labels;
  for (const DocumentField& field : DocumentFields()) {
    labels.push_back(absl::StrCat(",\"", field.json_name, "\":"));
  }
  return labels;
}

}  // namespace

JsonMembers* DocumentDecoder::Take(absl::string_view name, const JsonValue& value) {
  const DocumentField* field = FindDocumentField(name);
  if (field == nullptr) {
    violations_.Add(users::v1::ERROR_REASON_FIELD_UNKNOWN, absl::StrCat(prefix_, name));
    return nullptr;
  }
  const char* rule = "must be there only once";
  if (!seen_.test(field->descriptor->number())) {
    seen_.set(field->descriptor->number());
    rule = DecodeField(value, field->descriptor, user_);
  }
  if (rule != nullptr) violations_.AddInvalid(absl::StrCat(prefix_, name), rule, value.text);
  return nullptr;
}

void DocumentDecoder::End(size_t bytes) {
  if (bytes <= kMostDocumentBytes) return;
  violations_.Add(users::v1::ERROR_REASON_TOO_LARGE, absl::StripSuffix(prefix_, "."),
                  "must be at most 64 KiB as JSON");
}

std::vector<const DocumentField*> DocumentDecoder::SeenFields() const {
  std::vector<const DocumentField*> fields;
  for (const DocumentField& field : DocumentFields()) {
    if (seen_.test(field.descriptor->number())) fields.push_back(&field);
  }
  return fields;
}

std::string EncodeDocument(const users::v1::User& user) {
  static const auto& labels = *new std::vector<std::string>(Labels());
  const auto* reflection = users::v1::User::GetReflection();
  std::string out;
  out.reserve(user.ByteSizeLong() + kUsualNames);
  for (size_t i = 0; i < labels.size(); ++i) {
    const auto* field = DocumentFields()[i].descriptor;
    if (field->has_presence() && !reflection->HasField(user, field)) continue;
    out.append(labels[i]);
    AppendField(user, field, out);
  }
  out.front() = '{';
  out.push_back('}');
  return out;
}

}  // namespace usersync::bridge
