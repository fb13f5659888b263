// What the gateway answers on its HTTP ports: gRPC-Web for every method that is served, REST and
// the log, /healthz, and /config.json for the page.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/metrics.h"
#include "gateway/call_rules.h"
#include "gateway/channel_pool.h"
#include "gateway/entry_rules.h"
#include "gateway/grpc_web_call.h"
#include "gateway/page_door.h"
#include "gateway/rest_door.h"
#include "gateway/router.h"

namespace usersync::gateway {

class FrontDoor final : public Router {
 public:
  struct Options {
    PageConfig page_config;
    // Where the built page is; "": there is none.
    std::string page_dir;
    GrpcWebCall::Options call;
  };

  // All must outlive this.
  FrontDoor(Options options, const EntryRules& entry, ChannelPool& pool, const CallRules& rules);

  std::shared_ptr<Handler> Route(const RequestHead& head, Responder& responder) override;

  // How many requests came.
  const Counter& requests() const { return requests_; }

 private:
  // Adds to the head of an answer the request's id, and what CORS says.
  using FinishHeaders = std::function<void(HttpHeaders*)>;

  // The request has an x-request-id from here on, and every answer to it.
  std::shared_ptr<Handler> RouteNamed(const RequestHead& head, Responder& responder);
  std::shared_ptr<Handler> RouteAllowed(const RequestHead& head, Responder& responder,
                                        FinishHeaders finish_headers);
  std::shared_ptr<Handler> RouteHealth(const RequestHead& head, Responder& responder,
                                       const FinishHeaders& finish_headers);
  std::shared_ptr<Handler> RouteGrpcWeb(const RequestHead& head, Responder& responder,
                                        FinishHeaders finish_headers);
  GrpcWebCall::Plan PlanCall(const RequestHead& head) const;
  absl::Status Complete(const RequestHead& head, GrpcWebCall::Plan* plan) const;

  const Options options_;
  const HostList& hosts_;
  const CorsPolicy& cors_;
  ChannelPool& pool_;
  const CallRules& rules_;
  const RestDoor rest_;
  const PageDoor page_;
  Counter requests_;
};

}  // namespace usersync::gateway
