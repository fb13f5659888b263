// The two sides of one HTTP exchange. The connection, of whatever version of HTTP, reads the
// request and hands it to a Handler; the Handler answers through a Responder. Both live on the
// connection's thread: every call below is made there, and never from inside another one.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/http_headers.h"

namespace usersync::gateway {

// Sends the answer.
class Responder {
 public:
  virtual ~Responder() = default;

  // Sends the head, once and before everything else. Without a content-length among `headers`
  // the body is a stream.
  virtual void Start(int status, const HttpHeaders& headers) = 0;

  // Queues bytes of the body. The caller keeps `pending` within bounds.
  virtual void Write(std::string bytes) = 0;

  // The body is complete.
  virtual void End() = 0;

  // Breaks the answer off, so that the client cannot take it for complete.
  virtual void Abort() = 0;

  // How many bytes were written and not yet taken by the network.
  virtual size_t pending() const = 0;

  // Where to post what happens on other threads.
  virtual boost::asio::any_io_executor executor() = 0;
};

// Makes an answer.
class Handler {
 public:
  virtual ~Handler() = default;

  // The next bytes of the request's body, then its end.
  virtual void OnBody(absl::string_view bytes) = 0;
  virtual void OnBodyEnd() = 0;

  // The network has taken some of what was written.
  virtual void OnDrained() {}

  // The server stops: what can be said at the end must be said now.
  virtual void OnStop() {}

  // The client is gone, or was left. The Responder must not be touched any more.
  virtual void OnGone() = 0;
};

// Whether an answer ends with its head (RFC 9110, 6.4.1).
inline bool HasNoBody(int status) { return status == 204 || status == 304; }

// A whole answer at once.
inline void Respond(Responder& responder, int status, HttpHeaders headers,
                    const std::string& body) {
  if (!HasNoBody(status)) headers.Add("content-length", std::to_string(body.size()));
  responder.Start(status, headers);
  if (!body.empty()) responder.Write(body);
  responder.End();
}

}  // namespace usersync::gateway
