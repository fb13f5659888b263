// One StreamHistory call: reads a page, sends it, and reads the next one when the client has
// taken it. Holds one page, and deletes itself when gRPC has let go of it.
#pragma once

#include <grpcpp/grpcpp.h>

#include "store/history_reader.h"
#include "store/read_calls.h"
#include "users/v1/history_service.pb.h"

namespace usersync::store {

class HistoryStream final : public grpc::ServerWriteReactor<users::v1::StreamHistoryResponse> {
 public:
  // Begins. `reads` must outlive the call.
  HistoryStream(grpc::CallbackServerContext* context, ReadCalls& reads,
                const users::v1::StreamHistoryRequest& request);

  void OnWriteDone(bool ok) override;
  void OnDone() override { delete this; }

 private:
  absl::Status Begin();
  absl::Status ReadPage();
  void SendPage();

  grpc::CallbackServerContext* const context_;
  ReadCalls& reads_;
  const users::v1::StreamHistoryRequest request_;
  UserHistory history_;
  // What has not been sent yet.
  VersionRange rest_;
  users::v1::StreamHistoryResponse page_;
};

}  // namespace usersync::store
