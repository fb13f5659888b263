#include "store/mutation_request.h"

#include <openssl/evp.h>

#include <utility>

namespace usersync::store {

std::string Sha256(absl::string_view bytes) {
  std::string digest(32, '\0');
  EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr,
             EVP_sha256(), nullptr);
  return digest;
}

Request RequestOf(Principal author, users::v1::Mutation mutation) {
  Request request;
  request.author = std::move(author);
  request.mutation_id = mutation.mutation_id();
  if (IsClientMutationId(request.mutation_id)) {
    request.request_hash = Sha256(mutation.SerializeAsString());
  }
  request.content = std::move(mutation);
  return request;
}

}  // namespace usersync::store
