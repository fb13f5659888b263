// What a client asks for, as JSON: a mutation, or a plain document, which is one without belief.
#pragma once

#include "absl/strings/string_view.h"
#include "bridge/json_reader.h"
#include "bridge/violation_list.h"
#include "users/v1/mutation.pb.h"

namespace usersync::bridge {

struct DecodedMutation {
  // What could be read; all that was asked for only if there are no violations. Its id is the
  // client's, wherever that can be read and used, otherwise empty. Without user if there is no
  // document.
  users::v1::Mutation mutation;
  ViolationList violations;
  // Whether it is JSON, and an object, at all.
  JsonResult::Kind read = JsonResult::Kind::kObject;
};

DecodedMutation DecodeMutation(absl::string_view json);

// 1 to 128 characters of [A-Za-z0-9._~-]: what a client may name a mutation. A derived id holds
// ':', so that nobody can claim one.
bool IsMutationId(absl::string_view id);

}  // namespace usersync::bridge
