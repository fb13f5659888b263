#include "bridge/document_codec.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "protos/violation.h"

namespace usersync::bridge {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using users::v1::User;

constexpr char kWhole[] =
    R"({"id":"u1","email":"a@x.org","status":"active","role":"user",)"
    R"("created_at":"2024-01-01T00:00:00Z","updated_at":"2024-01-01T00:00:00.10Z","_deleted":false})";

struct Decoded {
  User user;
  // "field REASON" of each violation.
  std::vector<std::string> wrong;
};

Decoded Decode(absl::string_view json, absl::string_view prefix = "") {
  Decoded decoded;
  ViolationList violations;
  DocumentDecoder decoder(prefix, decoded.user, violations);
  EXPECT_EQ(ReadJsonObject(json, decoder).kind, JsonResult::Kind::kObject) << json;
  for (const auto& violation : violations.found()) {
    decoded.wrong.push_back(absl::StrCat(violation.field(), " ", ReasonName(violation.reason())));
  }
  return decoded;
}

// A document of exactly `bytes`.
std::string DocumentOf(size_t bytes) {
  const std::string around = R"({"status":""})";
  return absl::StrCat(R"({"status":")", std::string(bytes - around.size(), 'x'), "\"}");
}

TEST(DocumentCodec, GivesBackWhatItWasGivenCharacterForCharacter) {
  const Decoded decoded = Decode(kWhole);
  EXPECT_THAT(decoded.wrong, IsEmpty());
  EXPECT_EQ(decoded.user.updated_at(), "2024-01-01T00:00:00.10Z");
  EXPECT_EQ(EncodeDocument(decoded.user), kWhole);
}

TEST(DocumentCodec, LeavesOutAnAbsentRoleAndAlwaysSaysWhetherItIsDeleted) {
  const char* const alive =
      R"({"id":"u1","email":"","status":"","created_at":"","updated_at":"","_deleted":false})";
  EXPECT_EQ(EncodeDocument(Decode(R"({"id":"u1"})").user), alive);
  EXPECT_EQ(EncodeDocument(Decode(R"({"role":null,"id":"u1"})").user), alive);
  EXPECT_THAT(EncodeDocument(Decode(R"({"_deleted":true})").user),
              ::testing::EndsWith(R"("_deleted":true})"));
  EXPECT_THAT(EncodeDocument(Decode(R"({"role":""})").user), ::testing::HasSubstr(R"("role":"")"));
}

TEST(DocumentCodec, WritesNothingThatOnlyTheStoreKnows) {
  User user = Decode(kWhole).user;
  user.set_version(7);
  user.set_sequence(9);
  user.mutable_create_time()->set_seconds(1);
  EXPECT_EQ(EncodeDocument(user), kWhole);
}

TEST(DocumentCodec, TakesEscapesForWhatTheyStandFor) {
  const Decoded decoded = Decode(R"({"st\u0061tus":"\u00e9\/\ud83d\ude00\t"})");
  EXPECT_THAT(decoded.wrong, IsEmpty());
  EXPECT_EQ(decoded.user.status(), "é/😀\t");
  EXPECT_EQ(Decode(EncodeDocument(decoded.user)).user.status(), decoded.user.status());
}

TEST(DocumentCodec, NamesEveryFieldThatIsWrongAndHow) {
  struct Case {
    const char* json;
    std::vector<std::string> wrong;
  };
  const Case cases[] = {
      {R"({"email":5,"status":true,"role":[],"_deleted":"false","id":{}})",
       {"email FIELD_INVALID", "status FIELD_INVALID", "role FIELD_INVALID",
        "_deleted FIELD_INVALID", "id FIELD_INVALID"}},
      {R"({"id":null,"_deleted":null,"role":null})",
       {"id FIELD_INVALID", "_deleted FIELD_INVALID"}},
      {R"({"_deleted":0,"created_at":1704067200})",
       {"_deleted FIELD_INVALID", "created_at FIELD_INVALID"}},
      {R"({"Email":"a","deleted":true,"version":1,"createdAt":"","":1})",
       {"Email FIELD_UNKNOWN", "deleted FIELD_UNKNOWN", "version FIELD_UNKNOWN",
        "createdAt FIELD_UNKNOWN", " FIELD_UNKNOWN"}},
      {R"({"email":"a","email":"a"})", {"email FIELD_INVALID"}},
      {R"({"email":"a","\u0065mail":"b"})", {"email FIELD_INVALID"}},
      {R"({"role":null,"role":"x"})", {"role FIELD_INVALID"}},
      {"{\"email\":\"\xff\",\"status\":\"\xc0\xaf\",\"role\":\"\xed\xa0\x80\"}",
       {"email FIELD_INVALID", "status FIELD_INVALID", "role FIELD_INVALID"}},
      {R"({"email":"\ud800","status":"\udc00x","role":"a\u0000b","id":"\ud83dx"})",
       {"email FIELD_INVALID", "status FIELD_INVALID", "role FIELD_INVALID", "id FIELD_INVALID"}},
      {R"({"email\u0000":"a"})", {"email? FIELD_UNKNOWN"}},
      {"{\"em\xff\":1}", {"em? FIELD_UNKNOWN"}},
      {R"({"email":[[[[[[[[[[[["deep"]]]]]]]]]]]],"x":{"email":{"y":1}}})",
       {"email FIELD_INVALID", "x FIELD_UNKNOWN"}},
  };
  for (const Case& a_case : cases) {
    EXPECT_THAT(Decode(a_case.json).wrong, ::testing::ElementsAreArray(a_case.wrong))
        << a_case.json;
  }
}

TEST(DocumentCodec, PutsThePrefixBeforeEveryName) {
  EXPECT_THAT(Decode(R"({"email":5,"x":1})", "assumed.").wrong,
              ElementsAre("assumed.email FIELD_INVALID", "assumed.x FIELD_UNKNOWN"));
}

TEST(DocumentCodec, TakesADocumentOf64KiBAndNoMore) {
  EXPECT_THAT(Decode(DocumentOf(64 << 10)).wrong, IsEmpty());
  EXPECT_THAT(Decode(DocumentOf((64 << 10) + 1)).wrong, ElementsAre(" TOO_LARGE"));
  EXPECT_THAT(Decode(DocumentOf((64 << 10) + 1), "assumed.").wrong,
              ElementsAre("assumed TOO_LARGE"));
}

TEST(DocumentCodec, RemembersWhichFieldsCame) {
  User user;
  ViolationList violations;
  DocumentDecoder decoder("", user, violations);
  ReadJsonObject(R"({"status":5,"x":1,"email":"a"})", decoder);
  std::vector<std::string> names;
  for (const DocumentField* field : decoder.SeenFields()) names.push_back(field->json_name);
  EXPECT_THAT(names, ElementsAre("email", "status"));
}

}  // namespace
}  // namespace usersync::bridge
