#include "absl/strings/str_cat.h"
#include "tests/guarantees/guarantees.h"

namespace usersync::tests {
namespace {

// One cause often breaks ten thousand rows.
constexpr size_t kMostShown = 5;

struct Promise {
  const char* name;
  Flaws (*check)(const Evidence&);
};

constexpr Promise kPromises[] = {{"Durable", Durable},     {"Ordered", Ordered},
                                 {"NoGap", NoGap},         {"NoDuplicateEffect", NoDuplicateEffect},
                                 {"Resumable", Resumable}, {"NoLostUpdate", NoLostUpdate},
                                 {"Audited", Audited},     {"Converged", Converged}};

}  // namespace

Flaws AllFlaws(const Evidence& evidence) {
  Flaws all;
  for (const Promise& promise : kPromises) {
    const Flaws found = promise.check(evidence);
    for (size_t i = 0; i < found.size() && i < kMostShown; ++i) {
      all.push_back(absl::StrCat(promise.name, ": ", found[i]));
    }
    if (found.size() > kMostShown) {
      all.push_back(absl::StrCat(promise.name, ": and ", found.size() - kMostShown, " more"));
    }
  }
  return all;
}

}  // namespace usersync::tests
