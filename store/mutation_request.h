// Makes requests of mutations.
#pragma once

#include "store/digest.h"
#include "store/identifiers.h"
#include "store/request.h"

namespace usersync::store {

// The request that a mutation makes. If its author chose the id, the answer goes to the ledger.
Request RequestOf(Principal author, users::v1::Mutation mutation);

}  // namespace usersync::store
