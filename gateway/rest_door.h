// What the gateway answers below /api/ and /log/: the REST interface, its description, and the log
// for witnesses and monitors.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "gateway/call_rules.h"
#include "gateway/channel_pool.h"
#include "gateway/request_head.h"
#include "gateway/responder.h"
#include "gateway/rest_call.h"

namespace usersync::gateway {

class RestDoor {
 public:
  // Adds to an answer's head what CORS says, once its own fields are known.
  using FinishHeaders = std::function<void(HttpHeaders*)>;

  // Both must outlive this.
  RestDoor(ChannelPool& pool, const CallRules& rules) : pool_(pool), rules_(rules) {}

  // Whether a path is ours to answer.
  static bool Serves(absl::string_view path);

  // Thread-safe.
  std::shared_ptr<Handler> Route(const RequestHead& head, Responder& responder,
                                 FinishHeaders finish_headers) const;

 private:
  std::shared_ptr<Handler> RouteApi(const RequestHead& head, Responder& responder,
                                    FinishHeaders finish_headers) const;
  std::shared_ptr<Handler> RouteLog(const RequestHead& head, Responder& responder,
                                    FinishHeaders finish_headers) const;
  // Completes the plan by what every request may ask for.
  std::shared_ptr<Handler> Begin(RestCall::Plan plan, const RequestHead& head, Responder& responder,
                                 FinishHeaders finish_headers) const;

  ChannelPool& pool_;
  const CallRules& rules_;
};

}  // namespace usersync::gateway
