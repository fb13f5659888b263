"""`./usersync bench` with little to measure: every figure is printed, once, in the form that scripts read."""

import os
import re
import subprocess
import tempfile
import unittest

from tests.running.running_system import SCRIPT

QUICK = ("--line-time", "1s", "--warm-up", "1s", "--sql-time", "50ms", "--samples", "5",
         "--large", "--large-versions", "20000", "--gateway-time", "200ms", "--streams", "100")
PAGE_QUICK = ("--page-users", "600", "--page-edits", "5")
PAGE_UNITS = {"page_kb": "kB", "first_sync_600": "s", "edit_to_visible_p50": "ms", "edit_to_visible_p99": "ms"}
WAYS = ("echo", "gateway_h1", "gateway_h2", "node", "direct")
UNITS = {
    "naive": "changes/s", "batched": "changes/s", "line": "changes/s", "large": "changes/s",
    "line_to_naive": "ratio", "line_to_batched": "ratio", "large_to_line": "ratio",
    "receipt_p50": "ms", "receipt_p99": "ms", "broadcast_p50": "ms", "broadcast_p99": "ms",
    "log_cost": "fraction", "proof_p50": "ms",
    "cpu_nats": "us", "cpu_bridge": "us", "cpu_store": "us", "cpu_postgres": "us",
    "gateway_unary_to_direct": "ratio", "gateway_stream_to_direct": "ratio",
    "gateway_unary_to_node": "ratio", "gateway_stream_to_node": "ratio",
    "gateway_unary_to_echo": "ratio", "gateway_stream_to_echo": "ratio",
    "idle_stream_kb": "kB", "idle_stream_h1_kb": "kB",
    "idle_stream_tls_kb": "kB", "idle_stream_h1_tls_kb": "kB", "fanout_100_ms": "ms",
}
for way in WAYS:
    for concurrent in (1, 32, 1000):
        UNITS[f"{way}_unary_{concurrent}"] = "requests/s"
        UNITS[f"{way}_unary_{concurrent}_p50"] = UNITS[f"{way}_unary_{concurrent}_p99"] = "ms"
        UNITS[f"{way}_unary_{concurrent}_cpu"] = "us"
        UNITS[f"{way}_stream_{concurrent}"] = "messages/s"


class BenchTest(unittest.TestCase):
    def test_every_figure_is_printed_once_with_its_unit(self):
        self.expect(UNITS | PAGE_UNITS, bench(*QUICK, *PAGE_QUICK))

    def test_the_page_can_be_measured_alone(self):
        self.expect(PAGE_UNITS, bench("--page-only", *PAGE_QUICK))

    def expect(self, units, answer):
        self.assertEqual(answer.returncode, 0, answer.stderr)
        lines = [re.fullmatch(r"bench (\w+) (\d+(?:\.\d+)?) (\S+)", line) for line in answer.stdout.splitlines()]
        self.assertNotIn(None, lines, answer.stdout)
        self.assertEqual(len(lines), len(units), answer.stdout)
        self.assertEqual({line[1]: line[3] for line in lines}, units)
        for line in lines:
            # A process may use less CPU than the clock can tell.
            if "cpu" not in line[1]:
                self.assertGreater(float(line[2]), 0, line[0])

    def test_an_unknown_option_is_an_error(self):
        answer = bench("--no-such-option")
        self.assertEqual(answer.returncode, 2)
        self.assertEqual(answer.stdout, "")
        self.assertIn("no-such-option", answer.stderr)

    def test_finished_programs_without_the_driver_are_an_error(self):
        with tempfile.TemporaryDirectory() as empty:
            answer = bench("--gateway-only", USERSYNC_BIN_DIR=empty)
        self.assertEqual(answer.returncode, 1)
        self.assertIn("does not hold usersync-bench", answer.stderr)

    def test_the_page_alone_takes_no_option_of_the_rest(self):
        answer = bench("--page-only", "--large")
        self.assertEqual(answer.returncode, 2)
        self.assertIn("--large", answer.stderr)


def bench(*options, **variables):
    return subprocess.run([SCRIPT, "bench", *options], env={**os.environ, **variables}, text=True, check=False, timeout=1200,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


if __name__ == "__main__":
    unittest.main()
