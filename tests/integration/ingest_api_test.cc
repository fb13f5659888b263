// IngestService as the bridge calls it: positions, receipts, and who may call it.
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "tests/harness/must.h"
#include "tests/integration/api_error.h"
#include "tests/integration/store_api.h"

namespace usersync::tests {
namespace {

using users::internal::v1::IngestRequest;
using users::internal::v1::IngestResponse;
using users::internal::v1::Position;

Position At(uint64_t sequence, int nanos = 0) {
  Position position;
  position.set_sequence(sequence);
  position.mutable_time()->set_seconds(1700000000 + static_cast<int64_t>(sequence));
  position.mutable_time()->set_nanos(nanos);
  return position;
}

IngestRequest Move(const std::string& source, const Position& after, const Position& through) {
  IngestRequest request;
  request.set_source(source);
  *request.mutable_after() = after;
  *request.mutable_through() = through;
  return request;
}

void AddMutation(IngestRequest& request, const users::v1::Mutation& mutation) {
  auto& entry = *request.add_entries();
  entry.set_actor("ingested");
  entry.set_auth(users::v1::AUTH_NATS);
  *entry.mutable_mutation() = mutation;
}

class Ingest : public StoreApi {
 protected:
  grpc::Status Call(const IngestRequest& request) {
    response_.Clear();
    return bridge_.ingest().Ingest(bridge_.Context().get(), request, &response_);
  }

  Position Stands(const std::string& source) {
    users::internal::v1::GetPositionRequest request;
    request.set_source(source);
    users::internal::v1::GetPositionResponse response;
    Must(FromGrpc(bridge_.ingest().GetPosition(bridge_.Context().get(), request, &response)));
    return response.position();
  }

  StoreStub bridge_ = line().Stub("bridge");
  IngestResponse response_;
};

TEST_F(Ingest, ASourceThatNobodyMovedStandsBeforeItsFirstMessage) {
  EXPECT_EQ(Stands("NEVER_SEEN").sequence(), 0u);
  EXPECT_EQ(Stands("NEVER_SEEN").time().seconds(), 0);
}

TEST_F(Ingest, MovesAPositionOnlyFromWhereItStandsInSequenceAndTime) {
  ASSERT_THAT(Call(Move("MOVES", Position(), At(3, 123456789))), IsOk());
  EXPECT_EQ(Stands("MOVES").SerializeAsString(), At(3, 123456789).SerializeAsString());
  const int64_t head = line().Head();
  for (const Position& wrong : {Position(), At(2), At(4), At(3), At(3, 123456788)}) {
    IngestRequest request = Move("MOVES", wrong, At(5));
    AddMutation(request, MakeMutation("S:4:1", MakeUser("never-written")));
    const grpc::Status status = Call(request);
    EXPECT_THAT(status, IsError(grpc::StatusCode::ABORTED, "POSITION_MOVED"));
    EXPECT_EQ(MetadataOf(FromGrpc(status), "position"), "3");
    EXPECT_EQ(MetadataOf(FromGrpc(status), "time_ns"), "1700000003123456789");
  }
  EXPECT_EQ(line().Head(), head);
  EXPECT_EQ(Stands("MOVES").sequence(), 3u);
  EXPECT_THAT(Call(Move("MOVES", At(3, 123456789), At(5))), IsOk());
  EXPECT_EQ(Stands("MOVES").sequence(), 5u);
}

TEST_F(Ingest, AnswersEveryEntryInOrderAndKeepsWhatItCouldNotDecodeAsItCame) {
  const std::string bytes = std::string("Nats-Msg-Id: x\r\n\r\nnot \xff JSON") + '\0';
  IngestRequest request = Move("ORDER", Position(), At(3));
  AddMutation(request, MakeMutation("ORDER:1:1", MakeUser("ordered-1")));
  auto& entry = *request.add_entries();
  entry.set_actor("ingested");
  entry.set_auth(users::v1::AUTH_NATS);
  entry.mutable_undecodable()->set_payload(bytes);
  auto& violation = *entry.mutable_undecodable()->add_violations();
  violation.set_reason(users::v1::ERROR_REASON_FIELD_INVALID);
  violation.set_description("must be JSON");
  AddMutation(request, MakeMutation("ORDER:3:1", MakeUser("ordered-1", "again")));
  ASSERT_THAT(Call(request), IsOk());
  ASSERT_EQ(response_.receipts_size(), 3);
  ASSERT_EQ(response_.refused_ids_size(), 3);
  EXPECT_EQ(response_.receipts(0).outcome(), users::v1::OUTCOME_APPLIED);
  EXPECT_EQ(response_.receipts(1).outcome(), users::v1::OUTCOME_INVALID);
  EXPECT_EQ(response_.receipts(2).outcome(), users::v1::OUTCOME_APPLIED);
  EXPECT_EQ(response_.receipts(2).sequence(), response_.receipts(0).sequence() + 1);
  EXPECT_EQ(response_.receipts(2).version(), 2);
  EXPECT_EQ(response_.refused_ids(0), 0);
  const auto rows = Must(line().reader().Query(absl::StrCat(
      "SELECT encode(payload, 'hex'), outcome, actor, user_id IS NULL FROM refused WHERE id = ",
      response_.refused_ids(1))));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(absl::HexStringToBytes(rows[0][0].c_str()), bytes);
  EXPECT_STREQ(rows[0][1].c_str(), "INVALID");
  EXPECT_STREQ(rows[0][2].c_str(), "ingested");
  EXPECT_TRUE(rows[0][3].as<bool>());
}

TEST_F(Ingest, GivesTheFirstReceiptAgainAndRefusesAnIdForOtherContent) {
  IngestRequest first = Move("REPLAY", Position(), At(1));
  AddMutation(first, MakeMutation("chosen-1", MakeUser("replayed")));
  ASSERT_THAT(Call(first), IsOk());
  const users::v1::Receipt receipt = response_.receipts(0);
  IngestRequest again = Move("REPLAY", At(1), At(3));
  AddMutation(again, MakeMutation("chosen-1", MakeUser("replayed")));
  AddMutation(again, MakeMutation("chosen-1", MakeUser("replayed", "other")));
  ASSERT_THAT(Call(again), IsOk());
  EXPECT_EQ(response_.receipts(0).outcome(), users::v1::OUTCOME_APPLIED);
  EXPECT_TRUE(response_.receipts(0).replayed());
  EXPECT_EQ(response_.receipts(0).sequence(), receipt.sequence());
  EXPECT_EQ(response_.receipts(1).outcome(), users::v1::OUTCOME_INVALID);
  ASSERT_EQ(response_.receipts(1).violations_size(), 1);
  EXPECT_EQ(response_.receipts(1).violations(0).reason(),
            users::v1::ERROR_REASON_MUTATION_ID_REUSED);
  EXPECT_EQ(Get("replayed").version(), 1);
}

TEST_F(Ingest, RefusesARequestThatIsWrongAsAWholeAndMovesNothing) {
  IngestRequest many = Move("WHOLE", Position(), At(1001));
  for (int i = 0; i <= 1000; ++i) {
    AddMutation(many, MakeMutation(absl::StrCat("WHOLE:", i, ":1"), MakeUser("never-written")));
  }
  EXPECT_THAT(Call(many), IsError(grpc::StatusCode::INVALID_ARGUMENT, "TOO_LARGE"));
  IngestRequest empty = Move("WHOLE", Position(), At(1));
  empty.add_entries()->set_actor("ingested");
  EXPECT_THAT(Call(empty), IsError(grpc::StatusCode::INVALID_ARGUMENT, "FIELD_REQUIRED"));
  EXPECT_THAT(Call(Move("", Position(), At(1))),
              IsError(grpc::StatusCode::INVALID_ARGUMENT, "FIELD_REQUIRED"));
  EXPECT_EQ(Stands("WHOLE").sequence(), 0u);
}

TEST_F(Ingest, IsForTheBridgeAlone) {
  const IngestRequest request = Move("ALONE", Position(), At(1));
  StoreStub others[] = {Writer(), line().Stub("operator"), Direct("")};
  for (StoreStub& stub : others) {
    EXPECT_THAT(stub.ingest().Ingest(stub.Context().get(), request, &response_),
                IsError(grpc::StatusCode::PERMISSION_DENIED, "ROLE_MISSING"));
    users::internal::v1::GetPositionResponse position;
    EXPECT_THAT(stub.ingest().GetPosition(stub.Context().get(), {}, &position),
                IsError(grpc::StatusCode::PERMISSION_DENIED, "ROLE_MISSING"));
  }
  StoreStub stranger = Direct("0123456789abcdef0123456789abcdef");
  EXPECT_EQ(stranger.ingest().Ingest(stranger.Context().get(), request, &response_).error_code(),
            grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(Stands("ALONE").sequence(), 0u);
}

TEST_F(Ingest, ADerivedMutationIdIsTheBridgesAlone) {
  users::v1::PushRequest request;
  *request.add_mutations() = MakeMutation("USERS_UPDATE:1:1", MakeUser("claimed"));
  users::v1::PushResponse response;
  StoreStub writer = Writer();
  ASSERT_THAT(writer.sync().Push(writer.Context().get(), request, &response), IsOk());
  EXPECT_EQ(response.receipts(0).outcome(), users::v1::OUTCOME_INVALID);
  EXPECT_EQ(response.receipts(0).violations(0).field(), "mutation_id");
}

}  // namespace
}  // namespace usersync::tests
