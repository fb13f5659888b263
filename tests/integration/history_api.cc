#include "tests/integration/history_api.h"

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "tests/harness/must.h"

namespace usersync::tests {

users::v1::User HistoryApi::Create(const std::string& id) {
  users::v1::CreateUserRequest request;
  *request.mutable_user() = MakeUser(id);
  users::v1::CreateUserResponse response;
  Must(FromGrpc(writer_.users().CreateUser(writer_.Context().get(), request, &response)));
  return response.user();
}

users::v1::User HistoryApi::SetStatus(const std::string& id, const std::string& status) {
  users::v1::UpdateUserRequest request;
  request.mutable_user()->set_id(id);
  request.mutable_user()->set_status(status);
  users::v1::UpdateUserResponse response;
  Must(FromGrpc(writer_.users().UpdateUser(writer_.Context().get(), request, &response)));
  return response.user();
}

users::v1::User HistoryApi::Delete(const std::string& id) {
  users::v1::DeleteUserRequest request;
  request.set_user_id(id);
  users::v1::DeleteUserResponse response;
  Must(FromGrpc(writer_.users().DeleteUser(writer_.Context().get(), request, &response)));
  return response.user();
}

grpc::Status HistoryApi::Undelete(const users::v1::UndeleteUserRequest& request,
                                  users::v1::User* user) {
  users::v1::UndeleteUserResponse response;
  const auto status = writer_.users().UndeleteUser(writer_.Context().get(), request, &response);
  *user = response.user();
  return status;
}

grpc::Status HistoryApi::Restore(const users::v1::RestoreUserRequest& request,
                                 users::v1::User* user) {
  users::v1::RestoreUserResponse response;
  const auto status = writer_.users().RestoreUser(writer_.Context().get(), request, &response);
  *user = response.user();
  return status;
}

grpc::Status HistoryApi::GetAsOf(const users::v1::GetUserRequest& request,
                                 users::v1::GetUserResponse* user) {
  user->Clear();
  return reader_.users().GetUser(reader_.Context().get(), request, user);
}

grpc::Status HistoryApi::GetVersion(const std::string& id, int version, users::v1::Version* answer,
                                    bool include_proof) {
  users::v1::GetVersionRequest request;
  request.set_user_id(id);
  request.set_version(version);
  request.set_include_proof(include_proof);
  users::v1::GetVersionResponse response;
  const auto status = reader_.history().GetVersion(reader_.Context().get(), request, &response);
  *answer = response.version();
  return status;
}

grpc::Status HistoryApi::Diff(const std::string& id, int from, int to,
                              std::vector<users::v1::FieldDiff>* diffs) {
  users::v1::DiffVersionsRequest request;
  request.set_user_id(id);
  request.set_from_version(from);
  request.set_to_version(to);
  users::v1::DiffVersionsResponse response;
  const auto status = reader_.history().DiffVersions(reader_.Context().get(), request, &response);
  diffs->assign(response.diffs().begin(), response.diffs().end());
  return status;
}

grpc::Status HistoryApi::Stream(const users::v1::StreamHistoryRequest& request,
                                std::vector<users::v1::Version>* versions) {
  versions->clear();
  const auto context = reader_.Context();
  const auto stream = reader_.history().StreamHistory(context.get(), request);
  users::v1::StreamHistoryResponse response;
  while (stream->Read(&response)) {
    EXPECT_GT(response.versions_size(), 0);
    versions->insert(versions->end(), response.versions().begin(), response.versions().end());
  }
  return stream->Finish();
}

void HistoryApi::EraseContent(const std::string& id, int up_to_version) {
  Must(line()
           .owner()
           .Query(absl::StrCat("UPDATE version SET json = NULL, audit = NULL, reason = NULL, "
                               "mutation_id = NULL, body_salt = NULL WHERE version <= ",
                               up_to_version,
                               " AND object_id = (SELECT id FROM users WHERE doc_id = '", id, "')"))
           .status());
}

std::vector<int> NumbersOf(const std::vector<users::v1::Version>& versions) {
  std::vector<int> numbers;
  for (const auto& version : versions) numbers.push_back(version.version());
  return numbers;
}

std::vector<int> Numbers(int from, int to) {
  std::vector<int> numbers = {from};
  while (from != to) numbers.push_back(from += from < to ? 1 : -1);
  return numbers;
}

}  // namespace usersync::tests
