// The store's API as an administrator calls it, and what there is to administrate.
#pragma once

#include <string>
#include <vector>

#include "tests/integration/store_api.h"
#include "users/v1/admin_service.pb.h"

namespace usersync::tests {

class AdminApi : public StoreApi {
 protected:
  // What a writer is answered.
  users::v1::Receipt Push(const std::string& actor, const users::v1::Mutation& mutation) const;

  // Has a mutation refused that gives no address.
  void Refuse(const std::string& actor, const std::string& id) const;

  // Has the bridge hand in a message that nobody can read.
  void Ingest(const std::string& actor, const std::string& payload) const;

  grpc::Status List(const users::v1::ListRefusedRequest& request);

  // All that an actor had refused, newest first; in pages of two.
  std::vector<users::v1::RefusedMutation> RefusedOf(const std::string& actor);

  // The same, if it is one.
  users::v1::RefusedMutation OneRefusedOf(const std::string& actor);

  StoreStub admin_ = line().Stub("operator");
  users::v1::ListRefusedResponse page_;
};

}  // namespace usersync::tests
