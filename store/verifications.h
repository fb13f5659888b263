// VerifyHistory: runs verifications beside the serving, a few at a time, because each reads all
// there is to a user, or all there is.
#pragma once

#include <grpcpp/grpcpp.h>

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "common/mutex.h"
#include "common/quota.h"
#include "common/thread_pool.h"
#include "store/identity.h"
#include "store/session.h"
#include "users/v1/history_service.pb.h"

namespace usersync::store {

// Thread-safe.
class Verifications {
 public:
  using Stream = grpc::ServerWriteReactor<users::v1::VerifyHistoryResponse>;

  struct Options {
    Session::Options database;
    std::string heads_path;
    std::string vkey_path;
    // How many calls may run: for everyone, and for single users.
    int most_of_everyone = 1;
    int most_of_users = 4;
    int most_of_actor = 2;
  };

  explicit Verifications(Options options)
      : options_(std::move(options)),
        of_actors_(options_.most_of_actor),
        threads_(options_.most_of_everyone + options_.most_of_users) {}

  // Serves one call; `caller` is who reads, or why they may not. RESOURCE_EXHAUSTED,
  // RATE_LIMITED, if too many run.
  Stream* Begin(const users::v1::VerifyHistoryRequest& request,
                const absl::StatusOr<Caller>& caller);

 private:
  class Call;

  // Whether one more may run.
  bool Enter(bool of_everyone);
  void Leave(bool of_everyone);

  const Options options_;
  const Quota of_actors_;
  Mutex mutex_;
  int of_everyone_ GUARDED_BY(mutex_) = 0;
  int of_users_ GUARDED_BY(mutex_) = 0;
  ThreadPool threads_;
};

}  // namespace usersync::store
