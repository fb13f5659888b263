#include "bridge/update_decoder.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "protos/violation.h"

namespace usersync::bridge {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kPlain[] = R"({"id":"u1","email":"a@x.org"})";
constexpr char kId[] = "USERS_UPDATE:7:1700000000123456789";

UpdateMessage Message(std::string payload, std::string subject = "users.update") {
  return {.subject = std::move(subject),
          .payload = std::move(payload),
          .sequence = 7,
          .time_ns = 1700000000123456789};
}

// "field REASON" of each violation of each entry, or "ok".
std::vector<std::string> Answers(const DecodedUpdate& update) {
  std::vector<std::string> lines;
  for (const auto& entry : update.entries) {
    std::vector<std::string> wrong;
    for (const auto& violation : entry.undecodable().violations()) {
      wrong.push_back(absl::StrCat(violation.field(), " ", ReasonName(violation.reason())));
    }
    lines.push_back(entry.has_mutation() ? "ok" : absl::StrJoin(wrong, ", "));
  }
  return lines;
}

std::string Repeat(absl::string_view element, size_t count) {
  return absl::StrCat("[", absl::StrJoin(std::vector<absl::string_view>(count, element), ","), "]");
}

TEST(UpdateDecoder, SaysWhoAsksAndWhen) {
  const auto named = DecodeUpdate(Message(kPlain, "users.update.ann"));
  ASSERT_THAT(named.entries, SizeIs(1));
  EXPECT_EQ(named.entries[0].actor(), "ann");
  EXPECT_EQ(named.entries[0].auth(), users::v1::AUTH_NATS);
  EXPECT_EQ(named.entries[0].publish_time().seconds(), 1700000000);
  EXPECT_EQ(named.entries[0].publish_time().nanos(), 123456789);
  const auto anonymous = DecodeUpdate(Message(kPlain));
  EXPECT_EQ(anonymous.entries[0].actor(), "frontend-client");
  EXPECT_EQ(anonymous.entries[0].auth(), users::v1::AUTH_NONE);
}

TEST(UpdateDecoder, DerivesAnIdFromThePositionIfTheClientGaveNone) {
  EXPECT_THAT(DecodeUpdate(Message(kPlain)).mutation_ids, ElementsAre(kId));
  const auto update = DecodeUpdate(Message(absl::StrCat(
      "[", kPlain, R"(,{"mutation_id":"m","document":{},"assumed":null},{"mutation_id":":"}])")));
  EXPECT_THAT(update.mutation_ids,
              ElementsAre(absl::StrCat(kId, "/0"), "m", absl::StrCat(kId, "/2")));
  EXPECT_EQ(update.entries[0].mutation().mutation_id(), absl::StrCat(kId, "/0"));
  EXPECT_EQ(update.entries[1].mutation().mutation_id(), "m");
}

TEST(UpdateDecoder, DecodesEachElementAlone) {
  const auto update = DecodeUpdate(
      Message(R"([{"id":"a"}, {"id":5} ,[{"id":"b"}],7,{"id":"c"},{"id":"\ud800"},{"id":1e999}])"));
  EXPECT_THAT(Answers(update),
              ElementsAre("ok", "id FIELD_INVALID", " FIELD_INVALID", " FIELD_INVALID", "ok",
                          "id FIELD_INVALID", "id FIELD_INVALID"));
  EXPECT_EQ(update.entries[1].undecodable().payload(), R"({"id":5})");
}

TEST(UpdateDecoder, RefusesAMessageThatIsNoJsonAsAWhole) {
  const std::string payloads[] = {"",
                                  "  ",
                                  "{",
                                  "[",
                                  "[{}",
                                  "[{},]",
                                  "[,]",
                                  "[{}]]",
                                  "{}{}",
                                  "[{}][{}]",
                                  "\xef\xbb\xbf{}",
                                  "[{\"id\":\"a\"},{\"id\":NaN}]",
                                  "[{}//\n]",
                                  std::string("[{}]\0", 5),
                                  std::string("{}\0", 3)};
  for (const std::string& payload : payloads) {
    const auto update = DecodeUpdate(Message(payload));
    EXPECT_THAT(Answers(update), ElementsAre(" FIELD_INVALID")) << payload;
    EXPECT_THAT(update.mutation_ids, ElementsAre(kId)) << payload;
    EXPECT_EQ(update.entries[0].undecodable().payload(), payload);
    EXPECT_FALSE(update.entries[0].undecodable().has_mutation()) << payload;
  }
}

TEST(UpdateDecoder, TakesAtMostAThousandAtOnce) {
  EXPECT_THAT(DecodeUpdate(Message("[]")).entries, IsEmpty());
  EXPECT_THAT(DecodeUpdate(Message(Repeat(kPlain, 1000))).entries, SizeIs(1000));
  const auto update = DecodeUpdate(Message(Repeat(kPlain, 1001)));
  EXPECT_THAT(Answers(update), ElementsAre(" TOO_LARGE"));
  EXPECT_THAT(update.mutation_ids, ElementsAre(kId));
}

TEST(UpdateDecoder, TakesAtMost512KiB) {
  const std::string most((512 << 10) - 2, ' ');
  EXPECT_THAT(Answers(DecodeUpdate(Message(absl::StrCat("[", most, "]")))), IsEmpty());
  const auto update = DecodeUpdate(Message(absl::StrCat("[", most, " ]")));
  EXPECT_THAT(Answers(update), ElementsAre(" TOO_LARGE"));
  EXPECT_THAT(update.entries[0].undecodable().payload(), SizeIs(512 << 10));
}

TEST(UpdateDecoder, KeepsTheHeadersOfAMessageThatIsRefusedAsAWhole) {
  UpdateMessage message = Message("{");
  message.headers = "Users-Receipt: t\r\n";
  EXPECT_EQ(DecodeUpdate(message).entries[0].undecodable().payload(), "Users-Receipt: t\r\n\r\n{");
  message.payload = R"({"id":5})";
  EXPECT_EQ(DecodeUpdate(message).entries[0].undecodable().payload(),
            "Users-Receipt: t\r\n\r\n{\"id\":5}");
  // Once for each of a thousand elements they would be a bomb.
  message.payload = "[5]";
  EXPECT_EQ(DecodeUpdate(message).entries[0].undecodable().payload(), "5");
}

TEST(UpdateDecoder, HandsOnWhatCouldBeReadForTheStoreToJudge) {
  const auto update =
      DecodeUpdate(Message(R"([{"id":"u1","email":5},5,{"id":"u1","email":1e999}])"));
  EXPECT_EQ(update.entries[0].undecodable().mutation().user().id(), "u1");
  EXPECT_EQ(update.entries[0].undecodable().mutation().mutation_id(), absl::StrCat(kId, "/0"));
  EXPECT_FALSE(update.entries[1].undecodable().has_mutation());
  // Of the rest nothing is known.
  EXPECT_FALSE(update.entries[2].undecodable().has_mutation());
}

TEST(UpdateDecoder, RefusesAnActorThatNoClientCanHave) {
  for (const std::string& actor : {std::string("a b"), std::string(65, 'a'), std::string("\xff")}) {
    const auto update = DecodeUpdate(Message(kPlain, absl::StrCat("users.update.", actor)));
    EXPECT_THAT(Answers(update), ElementsAre("actor FIELD_INVALID"));
    EXPECT_EQ(update.entries[0].undecodable().payload(), kPlain);
    users::internal::v1::Entry parsed;
    EXPECT_TRUE(parsed.ParseFromString(update.entries[0].SerializeAsString()));
  }
}

}  // namespace
}  // namespace usersync::bridge
