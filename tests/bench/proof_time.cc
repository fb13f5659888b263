#include "tests/bench/proof_time.h"

#include "absl/time/clock.h"
#include "common/status.h"
#include "tests/harness/must.h"

namespace usersync::tests {

std::vector<absl::Duration> TimeProofs(Line& line, int samples) {
  StoreStub stub = line.Stub("operator");
  users::v1::GetLogHeadResponse head;
  Must(FromGrpc(stub.log().GetLogHead(stub.Context().get(), {}, &head)));
  std::vector<absl::Duration> times;
  for (int i = 0; i < samples; ++i) {
    users::v1::ProveInclusionRequest request;
    request.set_sequence(1 + head.size() / samples * i);
    users::v1::ProveInclusionResponse response;
    const absl::Time begun = absl::Now();
    Must(FromGrpc(stub.log().ProveInclusion(stub.Context().get(), request, &response)));
    times.push_back(absl::Now() - begun);
  }
  return times;
}

}  // namespace usersync::tests
