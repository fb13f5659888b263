#include "store/log_service.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "store/field_error.h"
#include "store/log_tiles.h"

namespace usersync::store {
namespace {

// `least` to `most` is what the field may say.
absl::Status CheckRange(absl::string_view field, int64_t value, int64_t least, int64_t most) {
  if (value < least) {
    return InvalidField(users::v1::ERROR_REASON_FIELD_INVALID, field,
                        absl::StrCat("must be at least ", least), absl::StrCat(value));
  }
  if (value > most) {
    return FieldError(absl::StatusCode::kOutOfRange, users::v1::ERROR_REASON_LOG_TOO_SHORT, field,
                      absl::StrCat("must be at most ", most), absl::StrCat(value));
  }
  return absl::OkStatus();
}

// The size that a request asks for: the newest if it names none.
absl::StatusOr<int64_t> SizeOf(Session& session, absl::string_view field, int64_t asked) {
  const auto tree = LogTiles::ReadEdge(session);
  if (!tree.ok()) return tree.status();
  if (auto status = CheckRange(field, asked, 0, tree->size()); !status.ok()) return status;
  return asked == 0 ? tree->size() : asked;
}

template <typename Response>
absl::StatusOr<Response> WithPath(Session& session, const std::vector<LeafRange>& ranges,
                                  Response response) {
  auto roots = LogTiles::ReadRoots(session, ranges);
  if (!roots.ok()) return roots.status();
  for (std::string& root : *roots) *response.add_path() = std::move(root);
  return response;
}

absl::StatusOr<users::v1::GetLogHeadResponse> ReadHead(Session& session, HeadSigner& signer) {
  auto head = signer.ReadHead(session);
  if (!head.ok()) return head.status();
  users::v1::GetLogHeadResponse response;
  response.set_size(head->tree.size());
  response.set_root_hash(head->tree.Root());
  response.set_log_checkpoint(std::move(head->note));
  response.set_verifier_key(std::move(head->verifier_key));
  return response;
}

absl::StatusOr<users::v1::ProveInclusionResponse> Include(
    Session& session, const users::v1::ProveInclusionRequest& request) {
  const auto size = SizeOf(session, "size", request.size());
  if (!size.ok()) return size.status();
  if (auto status = CheckRange("sequence", request.sequence(), 1, *size); !status.ok()) {
    return status;
  }
  const int64_t leaf = request.sequence() - 1;
  auto hash = LogTiles::ReadRoots(session, {{leaf, leaf + 1}});
  if (!hash.ok()) return hash.status();
  users::v1::ProveInclusionResponse response;
  response.set_size(*size);
  response.set_leaf_hash(std::move(hash->front()));
  return WithPath(session, InclusionPath(leaf, *size), std::move(response));
}

absl::StatusOr<users::v1::ProveConsistencyResponse> Continue(
    Session& session, const users::v1::ProveConsistencyRequest& request) {
  const auto to = SizeOf(session, "to_size", request.to_size());
  if (!to.ok()) return to.status();
  if (auto status = CheckRange("from_size", request.from_size(), 0, *to); !status.ok()) {
    return status;
  }
  users::v1::ProveConsistencyResponse response;
  response.set_to_size(*to);
  return WithPath(session, ConsistencyPath(request.from_size(), *to), std::move(response));
}

absl::StatusOr<users::v1::GetLogTileResponse> Tile(Session& session,
                                                   const users::v1::GetLogTileRequest& request) {
  const int32_t width = request.width() == 0 ? kTileWidth : request.width();
  if (request.level() < 0 || request.number() < 0 || width < 0 || width > kTileWidth) {
    return InvalidField(users::v1::ERROR_REASON_FIELD_INVALID, "width",
                        absl::StrCat("must be at most ", kTileWidth, ", and nothing below 0"));
  }
  auto hashes = LogTiles::ReadTile(session, request.level(), request.number(), width);
  if (!hashes.ok()) return hashes.status();
  users::v1::GetLogTileResponse response;
  response.set_hashes(*std::move(hashes));
  return response;
}

}  // namespace

grpc::ServerUnaryReactor* LogService::GetLogHead(grpc::CallbackServerContext* context,
                                                 const users::v1::GetLogHeadRequest*,
                                                 users::v1::GetLogHeadResponse* response) {
  return reads_.Serve(context, response,
                      [this](Session& session) { return ReadHead(session, signer_); });
}

grpc::ServerUnaryReactor* LogService::ProveInclusion(
    grpc::CallbackServerContext* context, const users::v1::ProveInclusionRequest* request,
    users::v1::ProveInclusionResponse* response) {
  return reads_.Serve(context, response,
                      [request](Session& session) { return Include(session, *request); });
}

grpc::ServerUnaryReactor* LogService::ProveConsistency(
    grpc::CallbackServerContext* context, const users::v1::ProveConsistencyRequest* request,
    users::v1::ProveConsistencyResponse* response) {
  return reads_.Serve(context, response,
                      [request](Session& session) { return Continue(session, *request); });
}

grpc::ServerUnaryReactor* LogService::GetLogTile(grpc::CallbackServerContext* context,
                                                 const users::v1::GetLogTileRequest* request,
                                                 users::v1::GetLogTileResponse* response) {
  return reads_.Serve(context, response,
                      [request](Session& session) { return Tile(session, *request); });
}

}  // namespace usersync::store
