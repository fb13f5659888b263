#include "bridge/counters.h"

namespace usersync::bridge {

void AddTo(Metrics& metrics, const Counters& counters) {
  metrics.Add("usersync_bridge_messages_total", "Messages taken in from USERS_UPDATE.",
              counters.messages);
  metrics.Add("usersync_bridge_ingests_total", "Ingest calls.", counters.ingests);
  metrics.Add("usersync_bridge_ingest_retries_total", "Ingest calls that had to be repeated.",
              counters.ingest_retries);
  metrics.Add("usersync_bridge_unusable_messages_total", "Messages refused as a whole.",
              counters.unusable_messages);
  metrics.Add("usersync_bridge_receipts_total", "Receipts published.", counters.receipts);
  metrics.Add("usersync_bridge_lost_receipts_total", "Receipts that nobody got.",
              counters.lost_receipts);
  metrics.Add("usersync_bridge_consumer_standbys_total",
              "How often this bridge began to stand by for another that takes updates in.",
              counters.consumer_standbys);
  metrics.Add("usersync_bridge_broadcaster_standbys_total",
              "How often this bridge began to stand by for another that broadcasts.",
              counters.broadcaster_standbys);
  metrics.Add("usersync_bridge_broadcasts_total", "Changes published.", counters.broadcasts);
  metrics.Add("usersync_bridge_broadcast_restarts_total",
              "How often broadcasting stopped and began again.", counters.broadcast_restarts);
  metrics.Add("usersync_bridge_erased_messages_total",
              "Messages of erased users that were removed from the streams.",
              counters.erased_messages);
  metrics.Add("usersync_bridge_pulls_total", "Pulls answered.", counters.pulls);
  metrics.Add("usersync_bridge_failed_pulls_total", "Pulls answered with an error.",
              counters.failed_pulls);
}

}  // namespace usersync::bridge
