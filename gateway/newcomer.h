// A client that has just connected: it is found out which version of HTTP it speaks, and a
// connection of that kind goes on with it.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "gateway/connection_set.h"

namespace usersync::gateway {

// Where newcomers go, and what serves them.
struct Reception {
  ConnectionSet& connections;
  Router& router;
  const ConnectionLimits& limits;
};

// By its first bytes. Called on the socket's thread, like the next one; all that `reception` names
// must outlive the connection.
void WelcomePlain(TcpSocket socket, std::shared_ptr<ConnectionSet::Place> place,
                  const Reception& reception);

// By what was agreed in the TLS handshake (ALPN).
void WelcomeTls(TcpSocket socket, boost::asio::ssl::context& context,
                std::shared_ptr<ConnectionSet::Place> place, const Reception& reception);

}  // namespace usersync::gateway
