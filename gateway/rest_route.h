// The REST interface as one table. Requests, answers and the OpenAPI document are made from it and
// from the descriptors of the methods that it names.
#pragma once

#include <google/protobuf/descriptor.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace usersync::gateway {

struct RestRoute {
  std::string verb;
  // Segments; {name=a.b} stands for one without colons that is the request's field a.b.
  std::string path;
  const google::protobuf::MethodDescriptor* method;
  // The request's field that the body is. Empty: a body, if there is one, holds the request's
  // fields.
  std::string body;

  // Such as /users.v1.UserService/GetUser.
  std::string MethodPath() const;
  // The path as it is told to clients: {name} for {name=a.b}.
  std::string PublicPath() const;
  bool IsWrite() const { return verb != "GET"; }
};

const std::vector<RestRoute>& RestRoutes();

// A request's place in the table.
struct RestMatch {
  const RestRoute* route = nullptr;
  // The fields that the path names, and their values.
  std::vector<std::pair<std::string, std::string>> fields;
};

// What the table says of a path. HEAD stands for GET.
struct RestLookup {
  // Set if there is a route of this verb.
  std::optional<RestMatch> match;
  // The verbs that the path knows; empty: there is no such path.
  std::vector<std::string> verbs;
};

RestLookup FindRestRoute(absl::string_view verb, absl::string_view path);

// A segment that stands for a field of the request.
struct PathVariable {
  std::string name;
  std::string field;
};

std::vector<PathVariable> VariablesOf(const RestRoute& route);

}  // namespace usersync::gateway
