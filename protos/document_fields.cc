#include "protos/document_fields.h"

#include <algorithm>

namespace usersync {
namespace {

constexpr int kLastDocumentNumber = 99;

std::vector<DocumentField> CollectFields() {
  std::vector<DocumentField> fields;
  const auto* message = users::v1::User::descriptor();
  for (int i = 0; i < message->field_count(); ++i) {
    const auto* field = message->field(i);
    if (field->number() > kLastDocumentNumber) continue;
    fields.push_back({field, field->name() == "deleted" ? "_deleted" : field->name()});
  }
  std::sort(fields.begin(), fields.end(), [](const auto& a, const auto& b) {
    return a.descriptor->number() < b.descriptor->number();
  });
  return fields;
}

std::vector<DocumentField> SortByName(std::vector<DocumentField> fields) {
  std::sort(fields.begin(), fields.end(),
            [](const auto& a, const auto& b) { return a.json_name < b.json_name; });
  return fields;
}

}  // namespace

const std::vector<DocumentField>& DocumentFields() {
  static const auto& fields = *new std::vector<DocumentField>(CollectFields());
  return fields;
}

const std::vector<DocumentField>& DocumentFieldsByName() {
  static const auto& fields = *new std::vector<DocumentField>(SortByName(DocumentFields()));
  return fields;
}

const DocumentField* FindDocumentField(absl::string_view json_name) {
  for (const auto& field : DocumentFields()) {
    if (field.json_name == json_name) return &field;
  }
  return nullptr;
}

}  // namespace usersync
