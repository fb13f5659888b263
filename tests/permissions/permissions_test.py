"""docker/nats.conf against a real server: a test for each line of the table in docker/README.md."""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest

from common.run import health, nats, ports
from common.run.secrets import Secrets
from common.run.state import State
from tests.permissions.nats_client import NatsClient
from tests.running.running_system import eventually

STREAMS = ("USERS_UPDATE", "USERS_BROADCAST")
ACTORS = ("alice", "bob")
JETSTREAM_CALLS = (
    "$JS.API.INFO", "$JS.API.STREAM.NAMES", "$JS.API.STREAM.LIST", "$JS.API.STREAM.CREATE.MINE",
    "$JS.API.STREAM.INFO.USERS_UPDATE", "$JS.API.STREAM.UPDATE.USERS_UPDATE", "$JS.API.STREAM.PURGE.USERS_UPDATE",
    "$JS.API.STREAM.DELETE.USERS_UPDATE", "$JS.API.STREAM.MSG.GET.USERS_UPDATE",
    "$JS.API.STREAM.MSG.DELETE.USERS_UPDATE", "$JS.API.CONSUMER.CREATE.USERS_UPDATE",
    "$JS.API.CONSUMER.DURABLE.CREATE.USERS_UPDATE.mine", "$JS.API.CONSUMER.DELETE.USERS_UPDATE.mine",
    "$JS.API.CONSUMER.MSG.NEXT.USERS_UPDATE.mine", "$JS.API.DIRECT.GET.USERS_UPDATE", "$JS.ACK.USERS_UPDATE.mine.1",
    "$JS.FC.USERS_UPDATE.mine.1", "$SYS.REQ.SERVER.PING")


class PermissionsTest(unittest.TestCase):
    """One server with both streams for all tests."""

    @classmethod
    def setUpClass(cls):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="usersync-nats-"))
        cls.addClassCleanup(shutil.rmtree, folder)
        state = State(folder)
        state.make()
        chooser = ports.Ports()
        cls.port = chooser.free(20000)
        cls.websocket_port = chooser.free(cls.port)
        cls.secrets = Secrets(state.secrets)
        cls.secrets.make(ACTORS)
        nats.write_config(state, cls.secrets, {"NATS": cls.port, "NATS_WS": cls.websocket_port}, ACTORS)
        with open(state.log_file("nats"), "wb") as log:
            cls.server = subprocess.Popen([nats.server(), "-c", state.nats_config], stdout=log, stderr=log)
        cls.addClassCleanup(cls.end_server)
        eventually(lambda: health.nats_answers(cls.port), "NATS answers")
        subprocess.run([pathlib.Path(os.environ["USERSYNC_BIN_DIR"]) / "usersync-bridge", "setup-streams"],
                       check=True, stdout=subprocess.DEVNULL,
                       env={**os.environ, "USERSYNC_NATS_URL": f"nats://127.0.0.1:{cls.port}",
                            "USERSYNC_NATS_USER": "bridge",
                            "USERSYNC_NATS_PASSWORD": cls.secrets.nats_password("bridge")})

    @classmethod
    def end_server(cls):
        cls.server.send_signal(signal.SIGTERM)
        cls.server.wait(20)

    def connect(self, user=None):
        password = self.secrets.nats_password(user) if user else None
        client = NatsClient(self.port, user, password)
        self.addCleanup(client.close)
        return client

    def assert_may(self, client, publish=(), subscribe=()):
        for subject in publish:
            self.assertTrue(client.publish(subject, b"{}"), f"publish {subject}")
        for subject in subscribe:
            self.assertTrue(client.subscribe(subject), f"subscribe {subject}")

    def assert_may_not(self, client, publish=(), subscribe=()):
        for subject in publish:
            self.assertFalse(client.publish(subject, b"{}"), f"publish {subject}")
        for subject in subscribe:
            self.assertFalse(client.subscribe(subject), f"subscribe {subject}")

    def state_of(self, stream):
        """What the server says of a stream, asked as the operator."""
        operator = self.connect("operator")
        operator.subscribe("inbox.operator.info")
        operator.publish(f"$JS.API.STREAM.INFO.{stream}", b"", "inbox.operator.info")
        answers = eventually(lambda: operator.received("inbox.operator.info"), f"{stream} answers")
        return json.loads(answers[0])

    def messages_in(self, stream):
        return self.state_of(stream)["state"]["messages"]

    # A named actor.

    def test_an_actor_publishes_as_itself_only(self):
        client = self.connect("alice")
        self.assert_may(client, publish=("users.update.alice", "users.pull.alice"))
        self.assert_may_not(client, publish=(
            "users.update", "users.update.bob", "users.update.alice.more", "users.pull", "users.pull.bob",
            "users.broadcast", "users.heartbeat", "users.refused", "users.receipt.alice.t", "users.receipt.bob.t",
            "inbox.alice.t", "inbox.bridge.t", "_INBOX.t", "other"))

    def test_an_actor_hears_what_is_for_all_and_for_itself(self):
        client = self.connect("alice")
        self.assert_may(client, subscribe=(
            "users.broadcast", "users.heartbeat", "users.receipt.alice.>", "users.receipt.alice.t", "inbox.alice.>"))
        self.assert_may_not(client, subscribe=(
            ">", "users.>", "users.*", "users.update", "users.update.>", "users.update.alice", "users.pull",
            "users.pull.>", "users.refused", "users.receipt.>", "users.receipt.bob.>", "users.receipt.*.t", "inbox.>",
            "inbox.bob.>", "inbox.bridge.>", "_INBOX.>", "$JS.>", "$JS.API.>", "$SYS.>"))

    # A client without a password.

    def test_a_client_without_a_password_publishes_plainly_only(self):
        client = self.connect()
        self.assert_may(client, publish=("users.update", "users.pull"))
        self.assert_may_not(client, publish=(
            "users.update.alice", "users.update.frontend-client", "users.pull.alice", "users.broadcast",
            "users.heartbeat", "users.refused", "users.receipt.frontend-client.t", "_INBOX.t", "inbox.bridge.t"))

    def test_a_client_without_a_password_hears_what_is_for_all_and_for_such_clients(self):
        client = self.connect()
        self.assert_may(client, subscribe=(
            "users.broadcast", "users.heartbeat", "users.receipt.frontend-client.>", "_INBOX.>", "_INBOX.t"))
        self.assert_may_not(client, subscribe=(
            ">", "users.>", "users.update", "users.update.>", "users.pull", "users.pull.>", "users.refused",
            "users.receipt.>", "users.receipt.alice.>", "inbox.>", "inbox.bridge.>", "inbox.alice.>", "$JS.>"))

    def test_no_client_has_any_right_in_jetstream(self):
        for user in (None, "alice"):
            self.assert_may_not(self.connect(user), publish=JETSTREAM_CALLS)

    def test_a_wrong_password_is_no_way_in(self):
        for user in ("alice", "bridge", "operator"):
            for password in ("wrong", "", None):
                with self.assertRaises(OSError, msg=f"{user} with {password!r}"):
                    NatsClient(self.port, user, password).close()

    # The bridge.

    def test_the_bridge_writes_what_clients_receive_and_nothing_else(self):
        client = self.connect("bridge")
        self.assert_may(client, publish=(
            "users.broadcast", "users.receipt.alice.t", "users.receipt.frontend-client.t", "users.heartbeat",
            "users.refused", "inbox.alice.t", "_INBOX.t"))
        self.assert_may_not(client, publish=("users.update", "users.update.alice", "users.pull", "other"))

    def test_the_bridge_hears_pulls_and_its_own_inbox_only(self):
        client = self.connect("bridge")
        self.assert_may(client, subscribe=("inbox.bridge.>", "users.pull", "users.pull.*"))
        self.assert_may_not(client, subscribe=(
            ">", "users.>", "users.update", "users.update.>", "users.broadcast", "users.receipt.>", "_INBOX.>",
            "inbox.>", "inbox.alice.>", "$JS.>", "$JS.API.>"))

    def test_the_bridge_calls_jetstream_by_name(self):
        client = self.connect("bridge")
        for stream in STREAMS:
            self.assert_may(client, publish=(
                f"$JS.API.STREAM.CREATE.{stream}", f"$JS.API.STREAM.INFO.{stream}", f"$JS.API.STREAM.MSG.GET.{stream}",
                f"$JS.API.STREAM.MSG.DELETE.{stream}"))
            self.assert_may_not(client, publish=(
                f"$JS.API.STREAM.PURGE.{stream}", f"$JS.API.STREAM.DELETE.{stream}",
                f"$JS.API.STREAM.SNAPSHOT.{stream}", f"$JS.API.STREAM.RESTORE.{stream}"))
        self.assert_may_not(client, publish=(
            "$JS.API.STREAM.CREATE.OTHER", "$JS.API.STREAM.MSG.DELETE.OTHER", "$JS.API.CONSUMER.CREATE.OTHER",
            "$JS.API.CONSUMER.DURABLE.CREATE.USERS_UPDATE.mine", "$SYS.REQ.SERVER.PING"))

    def test_the_bridge_may_not_answer_where_a_request_says(self):
        bridge, client = self.connect("bridge"), self.connect()
        bridge.subscribe("users.pull")
        client.publish("users.pull", b"{}", "users.update.alice")
        self.assertEqual(bridge.received("users.pull"), [b"{}"])
        self.assertFalse(bridge.publish("users.update.alice", b"{}"), "allow_responses would let this through")

    # The operator.

    def test_the_operator_may_do_everything(self):
        client = self.connect("operator")
        self.assert_may(client, publish=("users.update.alice", "other", "$JS.API.STREAM.NAMES", "$JS.API.INFO"),
                        subscribe=(">", "users.>", "inbox.bridge.>"))

    # What a reply subject could do: the server checks it against nobody's permissions.

    def test_a_reply_subject_that_calls_jetstream_does_nothing(self):
        for user, subject in ((None, "users.update"), ("alice", "users.update.alice")):
            client = self.connect(user)
            for _ in range(3):
                client.publish(subject, b"{}", "$JS.API.STREAM.PURGE.USERS_UPDATE")
            kept = self.messages_in("USERS_UPDATE")
            client.publish(subject, b"{}", "$JS.API.STREAM.DELETE.USERS_UPDATE")
            self.assertEqual(self.messages_in("USERS_UPDATE"), kept + 1)
            self.assertGreaterEqual(kept, 3)

    def test_a_reply_subject_that_names_the_broadcast_does_nothing(self):
        witness = self.connect("operator")
        witness.subscribe("users.broadcast")
        kept = self.messages_in("USERS_BROADCAST")
        for user, subject in ((None, "users.update"), ("alice", "users.update.alice")):
            self.connect(user).publish(subject, b"{}", "users.broadcast")
        self.assertEqual(self.messages_in("USERS_BROADCAST"), kept)
        self.assertEqual(witness.received("users.broadcast"), [])

    def test_updates_are_kept_without_an_acknowledgement(self):
        self.assertIs(self.state_of("USERS_UPDATE")["config"].get("no_ack"), True)
        client = self.connect()
        client.subscribe("_INBOX.>")
        kept = self.messages_in("USERS_UPDATE")
        client.publish("users.update", b"{}", "_INBOX.ack")
        self.assertEqual(self.messages_in("USERS_UPDATE"), kept + 1)
        self.assertEqual(client.received("_INBOX.ack"), [])

    # WebSocket.

    def test_only_our_pages_open_a_websocket(self):
        for origin, status in (("http://127.0.0.1:3000", 101), ("http://localhost:3000", 101),
                               ("http://evil.example", 403), ("http://evil.example:3000", 403),
                               ("http://127.0.0.1:3001", 403), ("https://127.0.0.1:3000", 403), ("null", 403)):
            self.assertEqual(self.upgrade(origin), status, origin)

    def upgrade(self, origin):
        """Returns the HTTP status that a page of this origin gets."""
        with socket.create_connection(("127.0.0.1", self.websocket_port), 10) as connection:
            connection.sendall((f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{self.websocket_port}\r\nUpgrade: websocket\r\n"
                                f"Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                                f"Sec-WebSocket-Version: 13\r\nOrigin: {origin}\r\n\r\n").encode())
            return int(connection.recv(64).split()[1])


if __name__ == "__main__":
    unittest.main()
