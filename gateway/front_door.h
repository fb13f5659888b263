// What the gateway answers on its HTTP ports: gRPC-Web for every method of the listed services,
// and its own health.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gateway/channel_pool.h"
#include "gateway/cors.h"
#include "gateway/grpc_web_call.h"
#include "gateway/host_list.h"
#include "gateway/identity.h"
#include "gateway/router.h"

namespace usersync::gateway {

class FrontDoor final : public Router {
 public:
  struct Options {
    std::vector<std::string> allowed_hosts;
    std::vector<std::string> allowed_origins;
    // Packages and services that are forwarded; everything else is unknown here.
    std::vector<std::string> services = {"users.v1.", "grpc.health.v1.Health/",
                                         "grpc.reflection.v1alpha.ServerReflection/"};
    GrpcWebCall::Options call;
  };

  // Both must outlive this.
  FrontDoor(Options options, ChannelPool& pool, const Identity& identity);

  std::shared_ptr<Handler> Route(const RequestHead& head, Responder& responder) override;

 private:
  std::shared_ptr<Handler> RouteAllowed(const RequestHead& head, Responder& responder,
                                        std::function<void(HttpHeaders*)> finish_headers);
  GrpcWebCall::Plan PlanCall(const RequestHead& head) const;
  absl::Status Complete(const RequestHead& head, GrpcWebCall::Plan* plan) const;

  const Options options_;
  const HostList hosts_;
  const CorsPolicy cors_;
  ChannelPool& pool_;
  const Identity& identity_;
};

}  // namespace usersync::gateway
