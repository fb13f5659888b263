// Receipts and notices of refusal as JSON.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "users/v1/mutation.pb.h"

namespace usersync::bridge {

// {"mutation_id","index","outcome","seq","version","document","conflicts","violations",
// "replayed"}: keys without a value are left out, enum names have no prefix, `index` counts from 0.
std::string EncodeReceipt(const users::v1::Receipt& receipt, absl::string_view mutation_id,
                          size_t index);

// {"id","outcome","reasons"}: what operators learn of a new row of `refused`, without content.
std::string EncodeRefusal(const users::v1::Receipt& receipt, int64_t refused_id);

// "APPLIED" for OUTCOME_APPLIED.
std::string OutcomeName(users::v1::Outcome outcome);

}  // namespace usersync::bridge
