#include "store/counters.h"

namespace usersync::store {

void AddTo(Metrics& metrics, const Counters& counters) {
  metrics.Add("usersync_store_commit_seconds", "Time of a batch, from its lock to its commit.",
              counters.commits);
  metrics.Add("usersync_store_log_seconds", "Time of a batch for the log and the head.",
              counters.log);
  metrics.Add("usersync_store_requests_total", "Mutations that were answered.", counters.requests);
  metrics.Add("usersync_store_changes_total", "Changes committed.", counters.changes);
  metrics.Add("usersync_store_failed_commits_total", "Batches that had to be tried again.",
              counters.failed_commits);
}

}  // namespace usersync::store
