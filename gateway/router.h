// Chooses who answers a request.
#pragma once

#include <memory>

#include "gateway/request_head.h"
#include "gateway/responder.h"

namespace usersync::gateway {

class Router {
 public:
  virtual ~Router() = default;

  // The responder outlives the handler, until OnGone. Thread-safe.
  virtual std::shared_ptr<Handler> Route(const RequestHead& head, Responder& responder) = 0;
};

}  // namespace usersync::gateway
