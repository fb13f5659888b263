// Which pages may call, and what their browsers must be told (the Fetch standard's CORS protocol).
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gateway/http_headers.h"

namespace usersync::gateway {

class CorsPolicy {
 public:
  // `origins` as browsers send them: scheme://host[:port], in lower case. Nothing is echoed but
  // what stands there.
  explicit CorsPolicy(std::vector<std::string> origins) : origins_(std::move(origins)) {}

  bool Allows(absl::string_view origin) const;

  // Whether a request names a page that is not allowed, be it beside one that is.
  bool Refuses(const HttpHeaders& request) const;

  // Adds the answer to a preflight of an allowed origin.
  void AddPreflight(absl::string_view origin, HttpHeaders* answer) const;

  // Adds what every other answer to an allowed origin carries, errors too: with all of its own
  // fields named, because browsers show a page only fields that are.
  void AddActual(absl::string_view origin, HttpHeaders* answer) const;

 private:
  const std::vector<std::string> origins_;
};

}  // namespace usersync::gateway
