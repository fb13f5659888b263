#include "gateway/rest_route.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gateway/url_text.h"
#include "users/v1/change_feed_service.pb.h"
#include "users/v1/history_service.pb.h"
#include "users/v1/user_service.pb.h"

namespace usersync::gateway {
namespace {

using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;

const MethodDescriptor* Users(const char* name) {
  return users::v1::GetUserRequest::descriptor()->file()->service(0)->FindMethodByName(name);
}
const MethodDescriptor* History(const char* name) {
  return users::v1::GetVersionRequest::descriptor()->file()->service(0)->FindMethodByName(name);
}
const MethodDescriptor* Changes(const char* name) {
  return users::v1::WatchRequest::descriptor()->file()->service(0)->FindMethodByName(name);
}

// The pattern {name=a.b} of a segment, and what must follow it.
struct Variable {
  absl::string_view name;
  absl::string_view field;
  absl::string_view rest;
};

std::optional<Variable> ParseVariable(absl::string_view pattern) {
  const size_t equals = pattern.find('=');
  const size_t end = pattern.find('}');
  if (end == pattern.npos) return std::nullopt;
  return Variable{.name = pattern.substr(1, equals - 1),
                  .field = pattern.substr(equals + 1, end - equals - 1),
                  .rest = pattern.substr(end + 1)};
}

// Takes the value of a pattern's segment out of a path's: false if they do not fit.
bool MatchSegment(absl::string_view pattern, absl::string_view segment, RestMatch* match) {
  const auto variable = ParseVariable(pattern);
  if (!variable) return pattern == segment;
  if (!absl::ConsumeSuffix(&segment, variable->rest)) return false;
  if (segment.empty() || absl::StrContains(segment, ':')) return false;
  auto value = DecodePercent(segment);
  if (!value) return false;
  match->fields.emplace_back(std::string(variable->field), *std::move(value));
  return true;
}

std::optional<RestMatch> Match(const RestRoute& route, absl::string_view path) {
  const std::vector<absl::string_view> patterns = absl::StrSplit(route.path, '/');
  const std::vector<absl::string_view> segments = absl::StrSplit(path, '/');
  if (patterns.size() != segments.size()) return std::nullopt;
  RestMatch match{.route = &route};
  for (size_t i = 0; i < patterns.size(); ++i) {
    if (!MatchSegment(patterns[i], segments[i], &match)) return std::nullopt;
  }
  return match;
}

}  // namespace

std::string RestRoute::MethodPath() const {
  return absl::StrCat("/", method->service()->full_name(), "/", method->name());
}

std::string RestRoute::PublicPath() const {
  std::vector<std::string> segments = absl::StrSplit(path, '/');
  for (std::string& segment : segments) {
    const auto variable = ParseVariable(segment);
    if (variable) segment = absl::StrCat("{", variable->name, "}", variable->rest);
  }
  return absl::StrJoin(segments, "/");
}

const std::vector<RestRoute>& RestRoutes() {
  static const std::vector<RestRoute> kRoutes = {
      {"GET", "/api/users", Users("ListUsers"), ""},
      {"POST", "/api/users", Users("CreateUser"), "user"},
      {"GET", "/api/users/{id=user_id}", Users("GetUser"), ""},
      {"PATCH", "/api/users/{id=user.id}", Users("UpdateUser"), "user"},
      {"DELETE", "/api/users/{id=user_id}", Users("DeleteUser"), ""},
      {"POST", "/api/users/{id=user_id}:undelete", Users("UndeleteUser"), ""},
      {"POST", "/api/users/{id=user_id}:restore", Users("RestoreUser"), ""},
      {"GET", "/api/users/{id=user_id}/versions", History("ListVersions"), ""},
      {"GET", "/api/users/{id=user_id}/versions/{n=version}", History("GetVersion"), ""},
      {"GET", "/api/users/{id=user_id}/versions:diff", History("DiffVersions"), ""},
      {"GET", "/api/changes", Changes("Watch"), ""},
  };
  return kRoutes;
}

RestLookup FindRestRoute(absl::string_view verb, absl::string_view path) {
  if (verb == "HEAD") verb = "GET";
  RestLookup lookup;
  for (const RestRoute& route : RestRoutes()) {
    auto match = Match(route, path);
    if (!match) continue;
    if (route.verb == verb) lookup.match = std::move(match);
    lookup.verbs.push_back(route.verb);
    if (route.verb == "GET") lookup.verbs.push_back("HEAD");
  }
  return lookup;
}

std::vector<PathVariable> VariablesOf(const RestRoute& route) {
  std::vector<PathVariable> variables;
  for (const absl::string_view segment : absl::StrSplit(route.path, '/')) {
    const auto variable = ParseVariable(segment);
    if (variable) variables.push_back({std::string(variable->name), std::string(variable->field)});
  }
  return variables;
}

}  // namespace usersync::gateway
