#include "tests/bench/log_cost.h"

#include <boost/asio/ip/tcp.hpp>
#include <iterator>
#include <stdexcept>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tests/harness/free_port.h"

namespace usersync::tests {
namespace {

std::string ReadMetrics(int port) {
  boost::asio::ip::tcp::iostream store("127.0.0.1", absl::StrCat(port));
  store << "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" << std::flush;
  return {std::istreambuf_iterator<char>(store), std::istreambuf_iterator<char>()};
}

double SumOf(const std::string& metrics, const std::string& name) {
  for (absl::string_view line : absl::StrSplit(metrics, '\n')) {
    double value = 0;
    if (absl::ConsumePrefix(&line, absl::StrCat(name, "_sum ")) &&
        absl::SimpleAtod(absl::StripAsciiWhitespace(line), &value)) {
      return value;
    }
  }
  throw std::runtime_error("the store does not tell " + name);
}

}  // namespace

LogCost::LogCost(Line& line) : port_(FreePort()) {
  line.store().SetVariable("USERSYNC_STORE_METRICS_PORT", absl::StrCat(port_));
}

double LogCost::Fraction() const {
  const std::string metrics = ReadMetrics(port_);
  return SumOf(metrics, "usersync_store_log_seconds") /
         SumOf(metrics, "usersync_store_commit_seconds");
}

}  // namespace usersync::tests
