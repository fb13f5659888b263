// The store's API as those call it who write single users and read what they were.
#pragma once

#include <grpcpp/client_context.h>

#include <string>
#include <vector>

#include "tests/integration/store_api.h"
#include "users/v1/history_service.pb.h"

namespace usersync::tests {

class HistoryApi : public StoreApi {
 protected:
  // Makes a user, all of whose fields follow from its id, and expects that to succeed. So do the
  // next two.
  users::v1::User Create(const std::string& id);
  users::v1::User SetStatus(const std::string& id, const std::string& status);
  users::v1::User Delete(const std::string& id);

  grpc::Status Undelete(const users::v1::UndeleteUserRequest& request, users::v1::User* user);
  grpc::Status Restore(const users::v1::RestoreUserRequest& request, users::v1::User* user);
  grpc::Status GetAsOf(const users::v1::GetUserRequest& request, users::v1::GetUserResponse* user);
  grpc::Status GetVersion(const std::string& id, int version, users::v1::Version* answer,
                          bool include_proof = false);
  grpc::Status Diff(const std::string& id, int from, int to,
                    std::vector<users::v1::FieldDiff>* diffs);

  // All that StreamHistory sends before it ends.
  grpc::Status Stream(const users::v1::StreamHistoryRequest& request,
                      std::vector<users::v1::Version>* versions);

  // Nulls what erasure nulls of a user's versions up to this one.
  void EraseContent(const std::string& id, int up_to_version);

  StoreStub writer_ = Writer();
  StoreStub reader_ = Direct("");
};

// The numbers of some versions.
std::vector<int> NumbersOf(const std::vector<users::v1::Version>& versions);

// `from`, then each next number in the direction of `to`, and `to`.
std::vector<int> Numbers(int from, int to);

}  // namespace usersync::tests
