// What browsers find at the gateway: the built page, if there is one, and where everything is.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "gateway/page_config.h"
#include "gateway/page_files.h"
#include "gateway/request_head.h"
#include "gateway/responder.h"

namespace usersync::gateway {

// Thread-safe.
class PageDoor {
 public:
  // `folder` holds the built page.
  PageDoor(const PageConfig& config, std::string folder);

  // Answers GET and HEAD, refuses the rest; nullptr for what is not here. `finish_headers` adds to
  // the answer's head what CORS says.
  std::shared_ptr<Handler> Route(const RequestHead& head, Responder& responder,
                                 const std::function<void(HttpHeaders*)>& finish_headers) const;

 private:
  HttpHeaders HeadersOf(const PageFile& file) const;

  const std::string config_;
  const std::string content_security_policy_;
  const PageFiles files_;
};

}  // namespace usersync::gateway
