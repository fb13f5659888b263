"""`./usersync up` from its first line to its last."""

import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import tempfile
import unittest
import urllib.error
import urllib.request

from common.run.health import grpc_answers
from common.run.leftovers import command_of
from tests.running.running_system import SCRIPT, RunningSystem, address, lives

SERVICES = {"up", "nats", "postgres", "store", "bridge", "gateway", "web"}


def settings(path):
    """The lines of a configuration of NATS, without what is secret or a path."""
    hidden = r"(?<=password: )\S+(?= )|(?<=password: )\S+$|(?<=store_dir: ).*$"
    return re.sub(hidden, "…", path.read_text(encoding="utf-8"), flags=re.M).splitlines()


class UpTest(unittest.TestCase):
    """One run serves all questions that change nothing."""

    @classmethod
    def setUpClass(cls):
        cls.system = RunningSystem(page=True).start()
        cls.addClassCleanup(cls.system.__exit__)

    def test_each_service_has_its_process_id_in_a_file(self):
        pids = self.system.pids()
        self.assertEqual(set(pids), SERVICES)
        programs = {name: command_of(pid)[0] for name, pid in pids.items()}
        for name, program in (("nats", "nats-server"), ("postgres", "postgres"),
                              ("store", "usersync-store"), ("bridge", "usersync-bridge"),
                              ("gateway", "usersync-gateway"), ("web", "node")):
            self.assertEqual(pathlib.Path(programs[name]).name, program)
        self.assertEqual(pids["up"], self.system.process.pid)

    def test_env_prints_addresses_that_answer(self):
        values = self.system.variables()
        for name in ("USERSYNC_NATS_URL", "USERSYNC_NATS_WS_URL", "USERSYNC_STORE_ADDR", "USERSYNC_GATEWAY_URL",
                     "USERSYNC_GATEWAY_TLS_URL", "USERSYNC_GATEWAY_GRPC", "USERSYNC_WEB_URL"):
            host, port = address(values[name])
            self.assertEqual(host, "127.0.0.1")
            socket.create_connection((host, port), 5).close()
        self.assertEqual(values["USERSYNC_NATS_USER"], "operator")

    def test_the_gateway_is_well_and_tells_pages_where_everything_is(self):
        values = self.system.variables()
        gateway = values["USERSYNC_GATEWAY_URL"]
        self.assertIn(gateway, self.system.output())
        with urllib.request.urlopen(f"{gateway}/healthz", timeout=30) as answer:
            self.assertEqual(answer.read(), b"ok\n")
        page = values["USERSYNC_WEB_URL"]
        for origin in (page, page.replace("127.0.0.1", "localhost"), gateway,
                       gateway.replace("127.0.0.1", "localhost"), values["USERSYNC_GATEWAY_TLS_URL"]):
            request = urllib.request.Request(f"{gateway}/config.json", headers={"Origin": origin})
            with urllib.request.urlopen(request, timeout=30) as answer:
                self.assertEqual(answer.headers["Access-Control-Allow-Origin"], origin)
                self.assertEqual(json.load(answer), {"natsWsUrl": values["USERSYNC_NATS_WS_URL"],
                                                     "gatewayUrl": gateway,
                                                     "gatewayTlsUrl": values["USERSYNC_GATEWAY_TLS_URL"]})
        foreign = urllib.request.Request(f"{gateway}/config.json", headers={"Origin": "http://127.0.0.1:1"})
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(foreign, timeout=30)
        self.assertEqual(refused.exception.code, 403)
        refused.exception.close()

    def test_the_page_is_served_by_vite_and_by_the_gateway_and_both_tell_it_the_same(self):
        values = self.system.variables()
        self.assertRegex(self.system.output(), rf"(?m)^ *page +{values['USERSYNC_WEB_URL']}$")
        script = re.search(r'src="(/assets/[^"]+\.js)"', self.page("USERSYNC_WEB_URL", "/"))[1]
        for path in ("/", "/config.json", script):
            self.assertEqual(self.page("USERSYNC_WEB_URL", path), self.page("USERSYNC_GATEWAY_URL", path), path)

    def page(self, variable, path):
        with urllib.request.urlopen(self.system.variables()[variable] + path, timeout=30) as answer:
            return answer.read().decode()

    def test_the_gateway_speaks_tls_with_a_certificate_of_its_own(self):
        url = self.system.variables()["USERSYNC_GATEWAY_TLS_URL"]
        known = ssl.create_default_context(cafile=self.system.state.secrets / "gateway.crt")
        for name in ("127.0.0.1", "localhost"):
            with urllib.request.urlopen(f"{url.replace('127.0.0.1', name)}/healthz", timeout=30,
                                        context=known) as answer:
                self.assertEqual(answer.read(), b"ok\n")

    def test_native_grpc_answers_at_the_gateway(self):
        self.assertTrue(grpc_answers(address(self.system.variables()["USERSYNC_GATEWAY_GRPC"])[1]))

    def test_the_history_can_be_verified_with_what_env_prints(self):
        store = command_of(self.system.pids()["store"])[0]
        answer = subprocess.run([store, "verify"], env={**os.environ, **self.system.variables()}, check=False,
                                text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(answer.returncode, 0, answer.stdout)
        self.assertIn("SOUND", answer.stdout)

    def test_each_service_tells_its_numbers(self):
        for service, name in (("store", "usersync_store_head_sequence"), ("bridge", "usersync_bridge_messages_total"),
                              ("gateway", "usersync_gateway_requests_total")):
            url = re.search(rf"^ *{service}'s metrics +(http\S+)$", self.system.output(), re.M)[1]
            with urllib.request.urlopen(url, timeout=5) as answer:
                numbers = dict(line.rsplit(" ", 1) for line in answer.read().decode().splitlines()
                               if not line.startswith("#"))
            # The first three users came in over store and bridge; the gateway was asked for its health.
            self.assertGreater(int(numbers[name]), 0)

    def test_the_operator_may_read_all_tables_and_settings_but_write_nothing(self):
        self.assertTrue(self.system.query("SHOW data_directory"))
        for table in ("users", "version", "feed", "ledger", "source", "refused"):
            self.system.query(f"SELECT count(*) FROM {table}")
            self.assertEqual(self.system.query(
                f"SELECT has_table_privilege('{table}', 'INSERT, UPDATE, DELETE, TRUNCATE')"), "f")

    def test_the_first_run_makes_three_users_with_a_history(self):
        self.assertEqual(self.system.query(
            "SELECT doc_id, version FROM users WHERE doc_id IN ('ann', 'ben', 'cleo') AND NOT deleted ORDER BY 1"),
            "ann|2\nben|3\ncleo|3")
        self.assertEqual(self.system.query("SELECT DISTINCT actor FROM version WHERE id <= 8 ORDER BY 1"), "alice\nbob")

    def test_the_line_to_copy_shows_receipt_version_and_broadcast_from_any_folder(self):
        line = re.search(r"^  (echo .*)$", self.system.output(), re.M)[1]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("USERSYNC_")}
        answer = subprocess.run(["sh", "-c", line], cwd="/", env=environment, text=True, check=True, timeout=60,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout
        self.assertRegex(answer, r'(?m)^receipt .*"outcome":"APPLIED"')
        self.assertRegex(answer, r"(?m)^version +1, sequence \d+$")
        self.assertRegex(answer, r'(?m)^broadcast .*Users-Action=create.*"email":"you@example.com"')

    def test_secrets_are_private_and_no_process_shows_them(self):
        folder = self.system.state.secrets
        self.assertEqual(stat.S_IMODE(folder.stat().st_mode), 0o700)
        commands = "\n".join(" ".join(command_of(pid)) for pid in self.system.pids().values())
        logs = "\n".join(path.read_text(encoding="utf-8", errors="replace")
                         for path in self.system.state.log.iterdir())
        for path in folder.iterdir():
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600, path.name)
            secret = path.read_text(encoding="utf-8").strip()
            self.assertNotIn(secret, commands, path.name)
            self.assertNotIn(secret, logs, path.name)
            self.assertNotIn(secret, self.system.output(), path.name)
        self.assertEqual(stat.S_IMODE(self.system.state.nats_config.stat().st_mode), 0o600)

    def test_postgresql_keeps_promises_and_secrets(self):
        for name, value in (("listen_addresses", "127.0.0.1"), ("password_encryption", "scram-sha-256"),
                            ("fsync", "on"), ("synchronous_commit", "on"), ("log_error_verbosity", "terse"),
                            ("log_min_error_statement", "panic"), ("log_parameter_max_length_on_error", "0")):
            self.assertEqual(self.system.query(f"SHOW {name}"), value)

    def test_only_our_pages_open_a_websocket(self):
        page = self.system.variables()["USERSYNC_WEB_URL"]
        for origin, status in ((page, 101), (page.replace("127.0.0.1", "localhost"), 101),
                               ("http://evil.example", 403), (page.replace("127.0.0.1", "evil.example"), 403),
                               ("http://127.0.0.1:1", 403), (page.replace("http:", "https:"), 403), ("null", 403)):
            self.assertEqual(self.upgrade(origin), status, origin)

    def upgrade(self, origin):
        """Returns the HTTP status that a page of this origin gets from NATS."""
        host, port = address(self.system.variables()["USERSYNC_NATS_WS_URL"])
        connection = http.client.HTTPConnection(host, port, timeout=10)
        self.addCleanup(connection.close)
        connection.request("GET", "/", headers={
            "Upgrade": "websocket", "Connection": "Upgrade", "Origin": origin,
            "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==", "Sec-WebSocket-Version": "13"})
        return connection.getresponse().status

    def test_containers_run_nats_with_the_same_settings(self):
        """But for the address that it listens on, where its data lies, and passwords."""
        values = self.system.variables()
        ports = {f"{name}_PORT": str(address(values[f"{name}_URL"])[1])
                 for name in ("USERSYNC_NATS", "USERSYNC_NATS_WS", "USERSYNC_WEB")}
        with tempfile.TemporaryDirectory(prefix="usersync-prepared-") as folder:
            # As docker/distribute does it.
            subprocess.run([SCRIPT, "prepare", "--dir", folder, "--network"], env={**os.environ, **ports}, check=True,
                           stdout=subprocess.DEVNULL)
            data = pathlib.Path(folder, "pgdata").read_text(encoding="utf-8").strip()
            self.addCleanup(shutil.rmtree, data, ignore_errors=True)
            prepared = settings(pathlib.Path(folder, "nats.conf"))
        self.assertEqual(prepared, [line.replace('"127.0.0.1:', '"0.0.0.0:') for line in
                                    settings(self.system.state.nats_config)])

    def test_a_second_up_says_that_one_runs(self):
        second = self.system.run("up")
        self.assertEqual(second.returncode, 1)
        self.assertIn(f"already runs in {self.system.state.directory} as process {self.system.process.pid}",
                      second.stdout)
        self.assertEqual(set(self.system.pids()), SERVICES)


class StopTest(unittest.TestCase):
    def test_sigterm_or_sigint_to_its_process_alone_leaves_nothing_and_a_second_run_finds_everything(self):
        with RunningSystem(page=True) as system:
            for number in (signal.SIGTERM, signal.SIGINT):
                system.start()
                seen = system.query("SELECT head FROM feed")
                pids = system.pids()
                status, seconds = system.stop(number)
                self.assertEqual(status, 0, system.output())
                self.assertLess(seconds, 30)
                self.assertEqual([name for name, pid in pids.items() if lives(pid)], [])
                self.assertEqual(list(system.state.run.glob("*.pid")), [])
                nothing = system.run("env")
                self.assertEqual(nothing.returncode, 1)
                self.assertIn("nothing runs", nothing.stdout)
                self.assertNotIn("is killed", system.output())
            self.assertEqual(seen, "8")
            for done_once in ("three users", "building the page"):
                self.assertNotIn(done_once, system.output())

    def test_sigterm_during_the_start_leaves_nothing(self):
        with RunningSystem() as system:
            system.begin()
            while not system.state.pid_file("nats").exists():
                self.assertIsNone(system.process.poll(), system.output())
            pids = system.pids()
            system.stop()
            self.assertEqual([name for name, pid in pids.items() if lives(pid)], [])


if __name__ == "__main__":
    unittest.main()
