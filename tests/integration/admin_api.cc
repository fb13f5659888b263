#include "tests/integration/admin_api.h"

#include "common/status.h"
#include "tests/harness/must.h"

namespace usersync::tests {

users::v1::Receipt AdminApi::Push(const std::string& actor,
                                  const users::v1::Mutation& mutation) const {
  StoreStub writer = Writer(actor);
  users::v1::PushRequest request;
  *request.add_mutations() = mutation;
  users::v1::PushResponse response;
  Must(FromGrpc(writer.sync().Push(writer.Context().get(), request, &response)));
  return response.receipts(0);
}

void AdminApi::Refuse(const std::string& actor, const std::string& id) const {
  users::v1::User user = MakeUser(id);
  user.clear_email();
  EXPECT_EQ(Push(actor, MakeMutation(id, user)).outcome(), users::v1::OUTCOME_INVALID);
}

void AdminApi::Ingest(const std::string& actor, const std::string& payload) const {
  StoreStub bridge = line().Stub("bridge");
  users::internal::v1::IngestRequest request;
  request.set_source("STREAM_OF_" + actor);
  request.mutable_through()->set_sequence(1);
  auto& entry = *request.add_entries();
  entry.set_actor(actor);
  entry.set_auth(users::v1::AUTH_NATS);
  entry.mutable_undecodable()->set_payload(payload);
  auto& violation = *entry.mutable_undecodable()->add_violations();
  violation.set_reason(users::v1::ERROR_REASON_FIELD_INVALID);
  violation.set_description("the document is no JSON");
  users::internal::v1::IngestResponse response;
  Must(FromGrpc(bridge.ingest().Ingest(bridge.Context().get(), request, &response)));
}

grpc::Status AdminApi::List(const users::v1::ListRefusedRequest& request) {
  return admin_.admin().ListRefused(admin_.Context().get(), request, &page_);
}

std::vector<users::v1::RefusedMutation> AdminApi::RefusedOf(const std::string& actor) {
  std::vector<users::v1::RefusedMutation> all;
  users::v1::ListRefusedRequest request;
  request.set_actor(actor);
  request.set_page_size(2);
  do {
    Must(FromGrpc(List(request)));
    EXPECT_LE(page_.refused_size(), 2);
    all.insert(all.end(), page_.refused().begin(), page_.refused().end());
    request.set_page_token(page_.next_page_token());
  } while (!request.page_token().empty());
  return all;
}

users::v1::RefusedMutation AdminApi::OneRefusedOf(const std::string& actor) {
  const auto all = RefusedOf(actor);
  EXPECT_EQ(all.size(), 1u);
  return all.empty() ? users::v1::RefusedMutation() : all.front();
}

}  // namespace usersync::tests
