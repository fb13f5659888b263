// Writes what a batch decided, set-wise: a handful of statements whatever the size.
#pragma once

#include <string>
#include <vector>

#include "store/batch.h"
#include "store/session.h"

namespace usersync::store {

class BatchWriter {
 public:
  // Declares the statements. Call once for each new session.
  static absl::Status Prepare(Session& session);

  // Versions and users as the database gets them; empty if there are no new versions.
  struct Rendered {
    std::string versions;
    std::string digests;
  };

  // The work of writing that needs no database.
  static Rendered Render(const std::vector<Effect*>& effects);

  // Writes what was rendered of the effects, their addresses, answers and refusals, in order of
  // their decision, and gives every refused one its number. INVALID_ARGUMENT if the database
  // refuses one of them: nothing is known of which. The transaction must be open.
  static absl::Status Write(Session& session, const Rendered& rendered,
                            const std::vector<const Request*>& requests,
                            const std::vector<Effect*>& effects, int64_t committed_at);

  // Of all that only versions and users: who fills the tables of addresses otherwise.
  static absl::Status WriteVersions(Session& session, const Rendered& rendered,
                                    int64_t committed_at);

  // Destroys the content that came before those effects that erase a user; all effects must have
  // been written.
  static absl::Status EraseContent(Session& session, std::vector<Effect>& effects);

  // Writes the new positions.
  static absl::Status WritePositions(Session& session, const std::vector<Move>& moves);

  // Writes the new head and the log's right edge; that wakes other stores.
  static absl::Status WriteHead(Session& session, const MerkleTree& log, int64_t committed_at);
};

}  // namespace usersync::store
