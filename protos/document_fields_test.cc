#include "protos/document_fields.h"

#include <gmock/gmock.h>

namespace usersync {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Names(const std::vector<DocumentField>& fields) {
  std::vector<std::string> names;
  for (const auto& field : fields) names.push_back(field.json_name);
  return names;
}

TEST(DocumentFields, AreTheFieldsThatClientsWriteInOrderOfTheirNumbers) {
  EXPECT_THAT(Names(DocumentFields()),
              ElementsAre("id", "email", "status", "role", "created_at", "updated_at", "_deleted"));
}

TEST(DocumentFields, SortByBytesForCanonicalJson) {
  EXPECT_THAT(Names(DocumentFieldsByName()),
              ElementsAre("_deleted", "created_at", "email", "id", "role", "status", "updated_at"));
}

TEST(DocumentFields, AreFoundByTheirJsonNameOnly) {
  EXPECT_NE(FindDocumentField("_deleted"), nullptr);
  EXPECT_EQ(FindDocumentField("deleted"), nullptr);
  EXPECT_EQ(FindDocumentField("version"), nullptr);
}

}  // namespace
}  // namespace usersync
