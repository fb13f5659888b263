#include "gateway/served_reflection.h"

#include <google/protobuf/descriptor.pb.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "grpc/reflection/v1alpha/reflection.pb.h"

namespace usersync::gateway {
namespace {

using google::protobuf::FileDescriptorProto;
using grpc::reflection::v1alpha::ServerReflectionRequest;
using grpc::reflection::v1alpha::ServerReflectionResponse;
using grpc::reflection::v1alpha::ServiceResponse;

bool Serves(const CallRules& rules, const std::string& service) {
  return rules.Serves(absl::StrCat("/", service, "/"));
}

bool IsServed(const CallRules& rules, const FileDescriptorProto& file) {
  return std::all_of(file.service().begin(), file.service().end(), [&](const auto& service) {
    return Serves(rules, absl::StrCat(file.package(), ".", service.name()));
  });
}

bool AsksFor(const ServerReflectionRequest& request, const FileDescriptorProto& file) {
  return request.file_by_filename() == file.name() ||
         absl::StartsWith(request.file_containing_symbol(), file.package() + ".");
}

void SayNotFound(ServerReflectionResponse* response) {
  response->mutable_error_response()->set_error_code(grpc::StatusCode::NOT_FOUND);
  response->mutable_error_response()->set_error_message("the gateway serves no such thing");
}

void HideServices(const CallRules& rules, ServerReflectionResponse* response) {
  auto& services = *response->mutable_list_services_response()->mutable_service();
  services.erase(std::remove_if(services.begin(), services.end(),
                                [&](const ServiceResponse& service) {
                                  return !Serves(rules, service.name());
                                }),
                 services.end());
}

// gRPC 1.51 answers with all files of the stream's earlier answers, too: what was asked for before
// must not spoil what is asked for now.
void HideFiles(const CallRules& rules, ServerReflectionResponse* response) {
  const ServerReflectionRequest& request = response->original_request();
  auto& files = *response->mutable_file_descriptor_response()->mutable_file_descriptor_proto();
  bool is_hidden = false;
  const auto end = std::remove_if(files.begin(), files.end(), [&](const std::string& text) {
    FileDescriptorProto file;
    const bool can_be_read = file.ParseFromString(text);
    if (can_be_read && IsServed(rules, file)) return false;
    is_hidden = is_hidden || !can_be_read || AsksFor(request, file);
    return true;
  });
  files.erase(end, files.end());
  if (is_hidden) SayNotFound(response);
}

}  // namespace

bool IsReflection(absl::string_view method) {
  return absl::StartsWith(method, "/grpc.reflection.");
}

void HideUnserved(const CallRules& rules, grpc::ByteBuffer* answer) {
  ServerReflectionResponse response;
  if (!grpc::GenericDeserialize<grpc::ProtoBufferReader, ServerReflectionResponse>(answer,
                                                                                   &response)
           .ok()) {
    SayNotFound(&response);
  } else if (response.has_list_services_response()) {
    HideServices(rules, &response);
  } else if (response.has_file_descriptor_response()) {
    HideFiles(rules, &response);
  }
  bool is_own = false;
  grpc::GenericSerialize<grpc::ProtoBufferWriter, ServerReflectionResponse>(response, answer,
                                                                            &is_own);
}

}  // namespace usersync::gateway
