#include "bridge/receipt_codec.h"

#include <gtest/gtest.h>

#include "protos/violation.h"

namespace usersync::bridge {
namespace {

using users::v1::Receipt;

TEST(ReceiptCodec, TellsWhatWasCommittedAndLeavesOutTheRest) {
  Receipt receipt;
  receipt.set_outcome(users::v1::OUTCOME_APPLIED);
  receipt.set_sequence(4711);
  receipt.set_version(2);
  EXPECT_EQ(EncodeReceipt(receipt, "m", 0),
            R"({"mutation_id":"m","index":0,"outcome":"APPLIED","seq":4711,"version":2})");
}

TEST(ReceiptCodec, TellsTheSequenceOfAnUnchangedUserEvenIfItIsNone) {
  Receipt receipt;
  receipt.set_outcome(users::v1::OUTCOME_UNCHANGED);
  receipt.set_replayed(true);
  EXPECT_EQ(
      EncodeReceipt(receipt, "m", 3),
      R"({"mutation_id":"m","index":3,"outcome":"UNCHANGED","seq":0,"version":0,"replayed":true})");
}

TEST(ReceiptCodec, TellsBothSidesOfAConflictAndWhatStands) {
  Receipt receipt;
  receipt.set_outcome(users::v1::OUTCOME_CONFLICT);
  receipt.mutable_user()->set_id("u1");
  auto& role = *receipt.add_conflicts();
  role.set_field("role");
  role.mutable_mine()->set_string_value("a\"b");
  role.mutable_theirs()->set_null_value(google::protobuf::NULL_VALUE);
  auto& deleted = *receipt.add_conflicts();
  deleted.set_field("_deleted");
  deleted.mutable_base()->set_bool_value(false);
  deleted.mutable_mine()->set_bool_value(true);
  deleted.mutable_theirs()->set_number_value(1234567);
  EXPECT_EQ(
      EncodeReceipt(receipt, "m", 0),
      R"({"mutation_id":"m","index":0,"outcome":"CONFLICT",)"
      R"("document":{"id":"u1","email":"","status":"","created_at":"","updated_at":"","_deleted":false},)"
      R"("conflicts":[{"field":"role","mine":"a\"b","theirs":null},)"
      R"({"field":"_deleted","base":false,"mine":true,"theirs":1234567}]})");
}

TEST(ReceiptCodec, TellsEveryBrokenRule) {
  Receipt receipt;
  receipt.set_outcome(users::v1::OUTCOME_INVALID);
  auto& first = *receipt.add_violations();
  first.set_field("email");
  first.set_reason(users::v1::ERROR_REASON_EMAIL_TAKEN);
  first.set_description("is taken\n");
  receipt.add_violations()->set_reason(users::v1::ERROR_REASON_TOO_LARGE);
  EXPECT_EQ(EncodeReceipt(receipt, "m", 1),
            R"({"mutation_id":"m","index":1,"outcome":"INVALID","violations":[)"
            R"({"field":"email","reason":"EMAIL_TAKEN","description":"is taken\n"},)"
            R"({"field":"","reason":"TOO_LARGE","description":""}]})");
}

TEST(ReceiptCodec, TellsOperatorsOfARefusalWithoutItsContent) {
  Receipt receipt;
  receipt.set_outcome(users::v1::OUTCOME_INVALID);
  *receipt.add_violations() =
      MakeViolation(users::v1::ERROR_REASON_FIELD_INVALID, "email", "", "secret");
  *receipt.add_violations() = MakeViolation(users::v1::ERROR_REASON_FIELD_UNKNOWN, "secret");
  EXPECT_EQ(EncodeRefusal(receipt, 42),
            R"({"id":42,"outcome":"INVALID","reasons":["FIELD_INVALID","FIELD_UNKNOWN"]})");
  Receipt denied;
  denied.set_outcome(users::v1::OUTCOME_DENIED);
  EXPECT_EQ(EncodeRefusal(denied, 1), R"({"id":1,"outcome":"DENIED","reasons":[]})");
}

TEST(ReceiptCodec, NamesOutcomesWithoutTheirPrefix) {
  EXPECT_EQ(OutcomeName(users::v1::OUTCOME_MERGED), "MERGED");
  EXPECT_EQ(OutcomeName(static_cast<users::v1::Outcome>(99)), "UNSPECIFIED");
}

}  // namespace
}  // namespace usersync::bridge
