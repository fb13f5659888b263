#include "tests/bench/throughput.h"

#include <algorithm>
#include <stdexcept>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "tests/bench/cpu_clock.h"
#include "tests/bench/report.h"
#include "tests/harness/eventually.h"
#include "tests/harness/must.h"

namespace usersync::tests {
namespace {

// Where the line stands, and what it has cost.
struct Reading {
  absl::Time at;
  int64_t committed = 0;
  int64_t broadcast = 0;
  std::map<std::string, absl::Duration> cpu;
  absl::Duration cpu_of_driver;
  absl::Duration cpu_of_machine;
};

Reading Read(Line& line) {
  return {.at = absl::Now(),
          .committed = line.Head(),
          .broadcast = static_cast<int64_t>(line.streams().LastSequence("USERS_BROADCAST")),
          .cpu = {{"nats", CpuTimeOf(line.nats().pid())},
                  {"bridge", CpuTimeOf(line.bridge().pid())},
                  {"store", CpuTimeOf(line.store().pid())},
                  {"postgres", CpuTimeOf(line.postgres().pid())}},
          .cpu_of_driver = CpuTimeOfSelf(),
          .cpu_of_machine = CpuTimeOfMachine()};
}

Throughput Between(const Reading& begin, const Reading& end) {
  const int64_t committed = end.committed - begin.committed;
  const int64_t broadcast = end.broadcast - begin.broadcast;
  // What the one is ahead of the other at the end does not count.
  const int64_t changes = std::max<int64_t>(1, std::min(committed, broadcast));
  const double seconds = absl::ToDoubleSeconds(end.at - begin.at);
  Throughput result{.changes_per_second = static_cast<double>(changes) / seconds};
  const absl::Duration driver = end.cpu_of_driver - begin.cpu_of_driver;
  absl::Duration others = end.cpu_of_machine - begin.cpu_of_machine - driver;
  for (const auto& [process, time] : end.cpu) {
    const absl::Duration used = time - begin.cpu.at(process);
    result.cpu_per_change[process] = used / changes;
    others -= used;
  }
  Note(
      absl::StrFormat("line: %d committed, %d broadcast in %.1f s; the driver took %.1f us of CPU "
                      "a change; others kept %.2f cores busy",
                      committed, broadcast, seconds, absl::ToDoubleMicroseconds(driver / changes),
                      absl::FDivDuration(others, end.at - begin.at)));
  return result;
}

// Nothing that was published may be missing, or have had no effect.
void CheckAllArrived(Line& line, const Reading& begin, int64_t published) {
  const bool quiet = Eventually([&] { return line.IsQuiet(); });
  const Reading end = Read(line);
  if (quiet && end.committed - begin.committed == published &&
      end.broadcast - begin.broadcast == published) {
    return;
  }
  throw std::runtime_error(absl::StrCat("of ", published, " changes published, ",
                                        end.committed - begin.committed, " were committed and ",
                                        end.broadcast - begin.broadcast, " broadcast"));
}

}  // namespace

Throughput MeasureThroughput(Line& line, const LineLoad& load) {
  const Reading rest = Read(line);
  const int64_t position = line.Position();
  UpdatePublisher publisher(line.Client(), load.publisher);
  const auto follow_for = [&](absl::Duration time) {
    const absl::Time end = absl::Now() + time;
    while (absl::Now() < end) {
      publisher.Advance(line.Position() - position);
      absl::SleepFor(absl::Milliseconds(50));
    }
  };
  follow_for(load.warm_up);
  const Reading begin = Read(line);
  follow_for(load.time);
  const Reading end = Read(line);
  CheckAllArrived(line, rest, Must(publisher.Finish()));
  return Between(begin, end);
}

}  // namespace usersync::tests
