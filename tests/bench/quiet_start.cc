#include "tests/bench/quiet_start.h"

#include "absl/strings/str_cat.h"
#include "tests/harness/must.h"

namespace usersync::tests {

void StartQuietly(Line& line) {
  // Only the administrator may ask for one, and only through the socket.
  const auto administrator = Must(Database::Connect(
      absl::StrCat("postgresql:///postgres?user=postgres&host=", line.preparation().pgdata,
                   "&port=", line.preparation().postgres_port)));
  Must(administrator->Query("CHECKPOINT"));
}

}  // namespace usersync::tests
