// An HTTP request without its body, whatever the version of HTTP.
#pragma once

#include <string>

#include "gateway/http_headers.h"

namespace usersync::gateway {

struct RequestHead {
  std::string method;
  // As it was sent: path and query, in origin form.
  std::string target;
  // Host or :authority.
  std::string authority;
  HttpHeaders headers;

  absl::string_view path() const { return absl::string_view(target).substr(0, target.find('?')); }
};

}  // namespace usersync::gateway
