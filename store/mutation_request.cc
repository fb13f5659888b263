#include "store/mutation_request.h"

#include <utility>

namespace usersync::store {

Request RequestOf(Principal author, users::v1::Mutation mutation) {
  Request request;
  request.author = std::move(author);
  request.mutation_id = mutation.mutation_id();
  if (IsClientMutationId(request.mutation_id) && IsActor(request.author.actor)) {
    request.request_hash = Sha256(mutation.SerializeAsString());
  }
  request.content = std::move(mutation);
  return request;
}

}  // namespace usersync::store
