#include "store/history_service.h"

#include <utility>

#include "store/history_reader.h"
#include "store/history_stream.h"
#include "store/version_diff.h"
#include "store/version_page.h"

namespace usersync::store {
namespace {

absl::StatusOr<users::v1::GetVersionResponse> ReadOneVersion(
    Session& session, const users::v1::GetVersionRequest& request) {
  const auto history = FindHistory(session, request.user_id());
  if (!history.ok()) return history.status();
  auto version = ReadVersion(session, *history, request.version(), "version");
  if (!version.ok()) return version.status();
  if (!request.include_proof()) version->clear_proof();
  users::v1::GetVersionResponse response;
  *response.mutable_version() = *std::move(version);
  return response;
}

}  // namespace

grpc::ServerUnaryReactor* HistoryService::GetVersion(grpc::CallbackServerContext* context,
                                                     const users::v1::GetVersionRequest* request,
                                                     users::v1::GetVersionResponse* response) {
  return reads_.Serve(context, response,
                      [request](Session& session) { return ReadOneVersion(session, *request); });
}

grpc::ServerUnaryReactor* HistoryService::ListVersions(
    grpc::CallbackServerContext* context, const users::v1::ListVersionsRequest* request,
    users::v1::ListVersionsResponse* response) {
  return reads_.Serve(context, response,
                      [request](Session& session) { return ReadVersionPage(session, *request); });
}

grpc::ServerWriteReactor<users::v1::StreamHistoryResponse>* HistoryService::StreamHistory(
    grpc::CallbackServerContext* context, const users::v1::StreamHistoryRequest* request) {
  return new HistoryStream(context, reads_, *request);
}

grpc::ServerUnaryReactor* HistoryService::DiffVersions(
    grpc::CallbackServerContext* context, const users::v1::DiffVersionsRequest* request,
    users::v1::DiffVersionsResponse* response) {
  return reads_.Serve(context, response,
                      [request](Session& session) { return ReadDiff(session, *request); });
}

grpc::ServerWriteReactor<users::v1::VerifyHistoryResponse>* HistoryService::VerifyHistory(
    grpc::CallbackServerContext* context, const users::v1::VerifyHistoryRequest* request) {
  return verifications_.Begin(*request, reads_.ReaderOf(*context));
}

}  // namespace usersync::store
