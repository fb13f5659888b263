#include "gateway/rest_request.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "gateway/bad_field.h"
#include "gateway/json_body.h"
#include "gateway/request_fields.h"
#include "gateway/url_text.h"

namespace usersync::gateway {
namespace {

using google::protobuf::Message;

constexpr char kCheckpoint[] = "checkpoint";

absl::Status ReadBody(const RestRoute& route, absl::string_view body, Message* request) {
  // What stands in the body of a GET means nothing to HTTP.
  if (!route.IsWrite()) return absl::OkStatus();
  if (!route.body.empty()) {
    const auto* field = request->GetDescriptor()->FindFieldByName(route.body);
    return ReadJson(body, request->GetReflection()->MutableMessage(request, field));
  }
  if (absl::StripAsciiWhitespace(body).empty()) return absl::OkStatus();
  return ReadJson(body, request);
}

absl::Status ReadQuery(const RestRequest& rest, RequestFields* fields) {
  const auto parameters = ParseQuery(rest.query);
  if (!parameters) return absl::InvalidArgumentError("the query must be percent-encoded UTF-8");
  const bool resumes = rest.match.route->method->server_streaming() && !rest.last_event_id.empty();
  for (const auto& [name, value] : *parameters) {
    if (resumes && name == kCheckpoint) continue;
    if (auto status = fields->SetFromQuery(name, value); !status.ok()) return status;
  }
  return resumes ? fields->SetFromQuery(kCheckpoint, rest.last_event_id) : absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Message>> MakeRequest(const RestRequest& rest,
                                                     absl::string_view body) {
  const RestRoute& route = *rest.match.route;
  std::unique_ptr<Message> request(google::protobuf::MessageFactory::generated_factory()
                                       ->GetPrototype(route.method->input_type())
                                       ->New());
  if (auto status = ReadBody(route, body, request.get()); !status.ok()) return status;
  RequestFields fields(*request, route.body);
  for (const auto& [name, value] : rest.match.fields) {
    if (auto status = fields.SetFromPath(name, value); !status.ok()) return status;
  }
  if (auto status = ReadQuery(rest, &fields); !status.ok()) return status;
  return request;
}

}  // namespace usersync::gateway
