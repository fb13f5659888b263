#include "gateway/front_door.h"

#include <utility>

#include "common/status.h"
#include "gateway/grpc_timeout.h"
#include "gateway/health_answer.h"
#include "gateway/message_encoding.h"
#include "gateway/plain_answer.h"
#include "gateway/request_id.h"
#include "gateway/served_reflection.h"
#include "gateway/url_text.h"

namespace usersync::gateway {
namespace {

constexpr int kHttpNoContent = 204;
constexpr int kHttpBadRequest = 400;
constexpr int kHttpForbidden = 403;
constexpr int kHttpNotFound = 404;
constexpr int kHttpMethodNotAllowed = 405;
constexpr int kHttpUnsupportedMediaType = 415;
constexpr int kHttpMisdirected = 421;

std::shared_ptr<Handler> Answer(Responder& responder, int status, const std::string& text,
                                HttpHeaders headers = {}) {
  if (!text.empty()) headers.Add("content-type", "text/plain; charset=utf-8");
  return std::make_shared<PlainAnswer>(status, std::move(headers),
                                       text.empty() ? text : text + "\n", responder);
}

}  // namespace

FrontDoor::FrontDoor(Options options, const EntryRules& entry, ChannelPool& pool,
                     const CallRules& rules)
    : options_(std::move(options)),
      hosts_(entry.hosts),
      cors_(entry.pages),
      pool_(pool),
      rules_(rules),
      rest_(pool, rules),
      page_(options_.page_config, options_.page_dir) {}

std::shared_ptr<Handler> FrontDoor::Route(const RequestHead& head, Responder& responder) {
  requests_.Add();
  RequestHead named = head;
  named.headers.Set(kRequestId, RequestIdOf(head.headers));
  return RouteNamed(named, responder);
}

std::shared_ptr<Handler> FrontDoor::RouteNamed(const RequestHead& head, Responder& responder) {
  const std::string origin(head.headers.Get("origin"));
  const bool may_read = cors_.Allows(origin) && !cors_.Refuses(head.headers);
  FinishHeaders finish_headers =
      [this, may_read, origin,
       request_id = std::string(head.headers.Get(kRequestId))](HttpHeaders* headers) {
        headers->Set(kRequestId, request_id);
        if (may_read) {
          cors_.AddActual(origin, headers);
        } else {
          // A cache must not show this answer to a page that may read another one.
          headers->Add("vary", "Origin");
        }
      };
  const auto refuse = [&](int status, const std::string& text) {
    HttpHeaders headers;
    finish_headers(&headers);
    return Answer(responder, status, text, std::move(headers));
  };
  if (!hosts_.Allows(head.authority)) return refuse(kHttpMisdirected, kWrongHost);
  if (cors_.Refuses(head.headers)) return refuse(kHttpForbidden, kWrongOrigin);
  if (may_read && head.method == "OPTIONS" && head.headers.Find("access-control-request-method")) {
    HttpHeaders headers;
    cors_.AddPreflight(origin, &headers);
    return Answer(responder, kHttpNoContent, "", std::move(headers));
  }
  if (HidesSeparator(head.path())) {
    return refuse(kHttpBadRequest, "the path must be without encoded slashes and zeros");
  }
  return RouteAllowed(head, responder, std::move(finish_headers));
}

std::shared_ptr<Handler> FrontDoor::RouteAllowed(const RequestHead& head, Responder& responder,
                                                 FinishHeaders finish_headers) {
  if (head.path() == "/healthz") return RouteHealth(head, responder, finish_headers);
  if (RestDoor::Serves(head.path())) return rest_.Route(head, responder, std::move(finish_headers));
  if (auto handler = page_.Route(head, responder, finish_headers)) return handler;
  return RouteGrpcWeb(head, responder, std::move(finish_headers));
}

std::shared_ptr<Handler> FrontDoor::RouteHealth(const RequestHead& head, Responder& responder,
                                                const FinishHeaders& finish_headers) {
  if (head.method == "GET" || head.method == "HEAD") {
    return std::make_shared<HealthAnswer>(pool_, finish_headers, responder);
  }
  HttpHeaders headers = {{"allow", "GET, HEAD"}};
  finish_headers(&headers);
  return Answer(responder, kHttpMethodNotAllowed, "health is only read", std::move(headers));
}

std::shared_ptr<Handler> FrontDoor::RouteGrpcWeb(const RequestHead& head, Responder& responder,
                                                 FinishHeaders finish_headers) {
  const auto answer = [&](int status, const std::string& text, HttpHeaders headers = {}) {
    finish_headers(&headers);
    return Answer(responder, status, text, std::move(headers));
  };
  const absl::string_view type = head.headers.Get("content-type");
  if (!IsGrpcWeb(type) && !rules_.Serves(head.path())) {
    return answer(kHttpNotFound, "there is nothing here; REST is below /api/");
  }
  if (head.method != "POST") {
    return answer(kHttpMethodNotAllowed, "gRPC-Web calls are POST", {{"allow", "POST"}});
  }
  if (!ParseGrpcWebType(type)) {
    return answer(kHttpUnsupportedMediaType,
                  "gRPC-Web calls have the content-type application/grpc-web or "
                  "application/grpc-web-text, with or without +proto");
  }
  GrpcWebCall::Plan plan = PlanCall(head);
  plan.finish_headers = std::move(finish_headers);
  return std::make_shared<GrpcWebCall>(options_.call, pool_, std::move(plan), responder);
}

GrpcWebCall::Plan FrontDoor::PlanCall(const RequestHead& head) const {
  GrpcWebCall::Plan plan;
  plan.method = std::string(head.path());
  plan.request_id = std::string(head.headers.Get(kRequestId));
  plan.request_encoding = *ParseGrpcWebType(head.headers.Get("content-type"));
  plan.response_encoding = ChooseEncoding(head.headers.Get("accept"), plan.request_encoding);
  plan.compression = std::string(head.headers.Get("grpc-encoding"));
  plan.refusal = Complete(head, &plan);
  return plan;
}

absl::Status FrontDoor::Complete(const RequestHead& head, GrpcWebCall::Plan* plan) const {
  plan->is_dialogue = IsReflection(plan->method);
  auto caller = rules_.Admit(plan->method, head.headers);
  if (!caller.ok()) return caller.status();
  plan->metadata = std::move(caller->metadata);
  plan->slot = std::move(caller->slot);
  plan->expires = caller->expires;
  if (plan->is_dialogue) {
    return absl::UnimplementedError(
        "reflection is a dialogue, which gRPC-Web cannot carry: ask the port of native gRPC");
  }
  if (!IsKnownEncoding(plan->compression)) {
    return absl::UnimplementedError("grpc-encoding must be identity, gzip or deflate");
  }
  const auto timeout = TimeoutOf(head.headers);
  if (!timeout.ok()) return timeout.status();
  plan->timeout = *timeout;
  return absl::OkStatus();
}

}  // namespace usersync::gateway
