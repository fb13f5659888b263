"""Ports: named, default, moved."""

import contextlib
import os
import socket
import time
import unittest
from unittest import mock

from common.run import ports
from common.run.interrupts import Stopped
from common.run.ports import Ports
from common.run.problem import Problem


class TurnTest(unittest.TestCase):
    def test_the_second_waits_until_the_first_is_done(self):
        first = contextlib.ExitStack()
        first.enter_context(ports.turn(time.sleep))
        waits = mock.Mock(side_effect=lambda _: first.close())
        with ports.turn(waits):
            waits.assert_called()

    def test_a_stop_ends_the_waiting(self):
        def stop(_):
            raise Stopped()

        with ports.turn(time.sleep), self.assertRaises(Stopped), ports.turn(stop):
            self.fail("two have their turn")


class PortsTest(unittest.TestCase):
    def setUp(self):
        self.busy = set()
        self.said = []
        patches = (mock.patch.object(ports, "is_free", lambda port: port not in self.busy),
                   mock.patch.dict(os.environ, clear=True))
        for patch in patches:
            patch.start()
            self.addCleanup(patch.stop)
        self.ports = Ports(self.said.append)

    def test_takes_the_defaults_that_are_free(self):
        self.assertEqual(self.ports.choose(("NATS", "STORE")), {"NATS": 4222, "STORE": 50052})
        self.assertEqual(self.said, [])

    def test_moves_a_busy_default_to_the_next_free_port_and_says_so(self):
        self.busy = {4222, 4223}
        self.assertEqual(self.ports.choose(("NATS",)), {"NATS": 4224})
        self.assertEqual(self.said, ["port 4222 is busy: nats takes 4224 (USERSYNC_NATS_PORT names another)"])

    def test_moves_no_default_onto_another_ones_default(self):
        self.busy = {9464}
        self.assertEqual(self.ports.choose(("STORE_METRICS", "BRIDGE_METRICS")),
                         {"STORE_METRICS": 9467, "BRIDGE_METRICS": 9465})

    def test_takes_a_named_port_before_any_default_moves_there(self):
        self.busy = {4222}
        os.environ["USERSYNC_STORE_PORT"] = "4223"
        self.assertEqual(self.ports.choose(("NATS", "STORE")), {"STORE": 4223, "NATS": 4224})

    def test_refuses_a_named_port_that_is_busy_no_port_or_named_twice(self):
        self.busy = {7000}
        for value, text in (("7000", "USERSYNC_NATS_PORT names it"), ("70000", "USERSYNC_NATS_PORT=70000 is no port"),
                            ("x", "USERSYNC_NATS_PORT=x is no port"), ("-1", "is no port"), ("0", "is no port")):
            os.environ["USERSYNC_NATS_PORT"] = value
            with self.assertRaisesRegex(Problem, text):
                self.ports.choose(("NATS",))
        os.environ.update(USERSYNC_NATS_PORT="7001", USERSYNC_STORE_PORT="7001")
        with self.assertRaisesRegex(Problem, "USERSYNC_NATS_PORT names the same port"):
            Ports(self.said.append).choose(("NATS", "STORE"))

    def test_leaves_an_optional_port_off(self):
        self.assertEqual(self.ports.choose((ports.OPTIONAL,)), {})
        os.environ["USERSYNC_NATS_MONITOR_PORT"] = "8222"
        self.assertEqual(self.ports.choose((ports.OPTIONAL,)), {"NATS_MONITOR": 8222})


class IsFreeTest(unittest.TestCase):
    def test_sees_a_listener(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.assertFalse(ports.is_free(server.getsockname()[1]))
