#include "gateway/rest_door.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "gateway/change_events.h"
#include "gateway/grpc_timeout.h"
#include "gateway/json_answer.h"
#include "gateway/log_plan.h"
#include "gateway/open_api.h"
#include "gateway/plain_answer.h"
#include "gateway/problem.h"
#include "gateway/rest_request.h"

namespace usersync::gateway {
namespace {

using google::protobuf::Message;

constexpr int kHttpOk = 200;
constexpr int kHttpMethodNotAllowed = 405;
constexpr int kHttpUnsupportedMediaType = 415;
constexpr char kApi[] = "/api/";
constexpr char kLog[] = "/log/";
constexpr char kOpenApi[] = "/api/openapi.json";

// Answers of this door's own.
class Answers {
 public:
  Answers(Responder& responder, const std::function<void(HttpHeaders*)>& finish_headers)
      : responder_(responder), finish_headers_(finish_headers) {}

  std::shared_ptr<Handler> Problem(int http_status, const absl::Status& error,
                                   HttpHeaders more = {}) const {
    HttpHeaders headers = ProblemHeaders(error);
    for (const auto& [name, value] : more) headers.Add(name, value);
    return Body(http_status, std::move(headers), ProblemJson(http_status, error));
  }
  std::shared_ptr<Handler> Problem(const absl::Status& error) const {
    return Problem(HttpStatusOf(error.code()), error);
  }
  std::shared_ptr<Handler> NoSuchPath() const {
    return Problem(absl::NotFoundError("there is no such path; /api/openapi.json lists all"));
  }
  std::shared_ptr<Handler> WrongVerb(const std::vector<std::string>& verbs) const {
    const std::string allowed = absl::StrJoin(verbs, ", ");
    return Problem(kHttpMethodNotAllowed,
                   absl::UnimplementedError(absl::StrCat("this path knows ", allowed)),
                   {{"allow", allowed}});
  }
  std::shared_ptr<Handler> Body(int http_status, HttpHeaders headers,
                                const std::string& body) const {
    finish_headers_(&headers);
    return std::make_shared<PlainAnswer>(http_status, std::move(headers), body, responder_);
  }

 private:
  Responder& responder_;
  const std::function<void(HttpHeaders*)>& finish_headers_;
};

bool IsRead(const RequestHead& head) { return head.method == "GET" || head.method == "HEAD"; }

// A page elsewhere can send any other type without asking first.
bool IsJson(const RequestHead& head) {
  const absl::string_view type = head.headers.Get("content-type");
  return head.headers.Count("content-type") == 1 &&
         absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(type.substr(0, type.find(';'))),
                                "application/json");
}

template <typename Parsed>
absl::Status Parse(const std::string& bytes, Parsed* message) {
  if (message->ParseFromString(bytes)) return absl::OkStatus();
  return absl::InternalError("the store's answer is torn");
}

absl::StatusOr<std::string> JsonText(const Message& prototype, const std::string& bytes) {
  const std::unique_ptr<Message> message(prototype.New());
  if (auto status = Parse(bytes, message.get()); !status.ok()) return status;
  return JsonOf(*message);
}

absl::StatusOr<std::string> EventText(const std::string& bytes) {
  users::v1::WatchResponse response;
  if (auto status = Parse(bytes, &response); !status.ok()) return status;
  return EventsOf(response);
}

RestCall::Plan PlanApiCall(RestRequest request) {
  const RestRoute& route = *request.match.route;
  RestCall::Plan plan;
  plan.method = route.MethodPath();
  if (route.method->server_streaming()) {
    plan.is_stream = true;
    plan.make_text = EventText;
    plan.make_error_text = ErrorEvent;
    // For proxies that would collect the stream.
    plan.headers = {{"content-type", "text/event-stream"},
                    {"cache-control", "no-cache, no-transform"},
                    {"x-accel-buffering", "no"}};
  } else {
    const Message* const prototype =
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(
            route.method->output_type());
    plan.make_text = [prototype](const std::string& bytes) { return JsonText(*prototype, bytes); };
    plan.headers = {{"content-type", "application/json"}, {"cache-control", "no-store"}};
  }
  plan.make_request =
      [request = std::move(request)](const std::string& body) -> absl::StatusOr<std::string> {
    const auto message = MakeRequest(request, body);
    if (!message.ok()) return message.status();
    return (*message)->SerializeAsString();
  };
  return plan;
}

}  // namespace

bool RestDoor::Serves(absl::string_view path) {
  return absl::StartsWith(path, kApi) || absl::StartsWith(path, kLog);
}

std::shared_ptr<Handler> RestDoor::Route(const RequestHead& head, Responder& responder,
                                         FinishHeaders finish_headers) const {
  const bool is_log = absl::StartsWith(head.path(), kLog);
  return is_log ? RouteLog(head, responder, std::move(finish_headers))
                : RouteApi(head, responder, std::move(finish_headers));
}

std::shared_ptr<Handler> RestDoor::RouteApi(const RequestHead& head, Responder& responder,
                                            FinishHeaders finish_headers) const {
  const Answers answers(responder, finish_headers);
  if (head.path() == kOpenApi) {
    if (!IsRead(head)) return answers.WrongVerb({"GET", "HEAD"});
    return answers.Body(kHttpOk, {{"content-type", "application/json"}}, OpenApi());
  }
  RestLookup lookup = FindRestRoute(head.method, head.path());
  if (lookup.verbs.empty()) return answers.NoSuchPath();
  if (!lookup.match) return answers.WrongVerb(lookup.verbs);
  if (lookup.match->route->IsWrite() && !IsJson(head)) {
    return answers.Problem(
        kHttpUnsupportedMediaType,
        absl::InvalidArgumentError("writes must have the header Content-Type: application/json"));
  }
  auto caller = rules_.Admit(lookup.match->route->MethodPath(), head.headers);
  if (!caller.ok()) return answers.Problem(caller.status());

  const size_t question = head.target.find('?');
  RestCall::Plan plan =
      PlanApiCall({.match = *std::move(lookup.match),
                   .query = question == std::string::npos ? "" : head.target.substr(question + 1),
                   .last_event_id = std::string(head.headers.Get("last-event-id"))});
  plan.metadata = std::move(caller->metadata);
  plan.request_id = std::move(caller->request_id);
  plan.slot = std::move(caller->slot);
  plan.expires = caller->expires;
  return Begin(std::move(plan), head, responder, std::move(finish_headers));
}

// The log holds nothing that a person typed: it is for everybody, and no name is asked for.
std::shared_ptr<Handler> RestDoor::RouteLog(const RequestHead& head, Responder& responder,
                                            FinishHeaders finish_headers) const {
  const Answers answers(responder, finish_headers);
  auto plan = PlanLogCall(head.path());
  if (!plan) return answers.NoSuchPath();
  if (!IsRead(head)) return answers.WrongVerb({"GET", "HEAD"});
  return Begin(*std::move(plan), head, responder, std::move(finish_headers));
}

std::shared_ptr<Handler> RestDoor::Begin(RestCall::Plan plan, const RequestHead& head,
                                         Responder& responder, FinishHeaders finish_headers) const {
  const auto timeout = TimeoutOf(head.headers);
  if (!timeout.ok()) return Answers(responder, finish_headers).Problem(timeout.status());
  plan.timeout = *timeout;
  plan.is_head_only = head.method == "HEAD";
  plan.finish_headers = std::move(finish_headers);
  return std::make_shared<RestCall>(pool_, std::move(plan), responder);
}

}  // namespace usersync::gateway
