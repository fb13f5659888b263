// Makes a method's request of what HTTP carries: path, query, body, and the place where a stream of
// events was interrupted.
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "gateway/rest_route.h"

namespace usersync::gateway {

struct RestRequest {
  RestMatch match;
  // What stands behind the question mark.
  std::string query;
  // The header Last-Event-ID: browsers send it with the address they first came with, so that it
  // stands above a checkpoint of the query.
  std::string last_event_id;
};

// INVALID_ARGUMENT, naming the field, if there is one to blame.
absl::StatusOr<std::unique_ptr<google::protobuf::Message>> MakeRequest(const RestRequest& request,
                                                                       absl::string_view body);

}  // namespace usersync::gateway
