"""The supervisor with children that do nothing but live and die."""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import unittest.mock

from common.run import supervisor
from common.run.child import Child
from common.run.interrupts import Interrupts, Stopped
from common.run.problem import Problem
from common.run.state import State
from common.run.supervisor import Supervisor

SLEEP = ["sleep", "1000"]


class Said:
    def __init__(self):
        self.lines = []

    def say(self, text):
        self.lines.append(text)


class SupervisorTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.state = State(pathlib.Path(folder.name))
        self.state.make()
        self.said = Said()
        self.interrupts = Interrupts()
        self.supervisor = Supervisor(self.interrupts, self.said)
        self.addCleanup(self.interrupts.release)
        self.addCleanup(self.supervisor.stop)

    def child(self, name, command=None, **options):
        return Child(self.state, name, command or SLEEP, **options)

    def look_until(self, condition):
        deadline = time.monotonic() + 20
        while not condition():
            self.assertLess(time.monotonic(), deadline, self.said.lines)
            self.interrupts.wait(min(1, self.supervisor.look_after()))

    def test_restarts_what_was_killed_and_says_so(self):
        child = self.child("store")
        self.supervisor.start(child, lambda: True)
        old = child.pid
        os.kill(old, signal.SIGKILL)
        self.look_until(lambda: child.pid != old)
        self.assertIsNone(child.ended())
        self.assertEqual(self.state.pid_file("store").read_text(encoding="utf-8"), f"{child.pid}\n")
        self.assertEqual(self.said.lines, [f"store (pid {old}) was killed by SIGKILL: it is restarted in 0.1 s",
                                           f"store runs again (pid {child.pid})"])

    def test_waits_longer_each_time_for_what_dies_at_once(self):
        broken = self.state.directory / "broken"
        child = self.child("nats", ["sh", "-c", 'test -e "$0" || exec sleep 1000', broken])
        self.supervisor.start(child, lambda: True)
        broken.touch()
        child.kill()
        self.look_until(lambda: len(self.said.lines) >= 5)
        delays = [line.split(" in ")[1] for line in self.said.lines if "restarted" in line]
        self.assertEqual(delays[:3], ["0.1 s", "0.2 s", "0.4 s"])

    def test_is_not_fooled_by_another_that_answers_in_its_place(self):
        with unittest.mock.patch.object(supervisor, "PATIENCE_AT_START", 2):
            with self.assertRaisesRegex(Problem, "nats does not start"):
                self.supervisor.start(self.child("nats", ["false"]), lambda: time.sleep(0.2) or True)

    def test_gives_up_on_what_never_starts_and_shows_its_last_words(self):
        with unittest.mock.patch.object(supervisor, "PATIENCE_AT_START", 2):
            with self.assertRaisesRegex(Problem, "nats does not start.*\n    no such file"):
                self.supervisor.start(self.child("nats", ["sh", "-c", "echo no such file; exit 3"]), lambda: False)

    def test_ends_in_reverse_order_and_leaves_no_pid_files(self):
        order = self.state.directory / "order"
        tell = "import signal,sys,time\ndef end(*_):\n open(sys.argv[1],'a').write(sys.argv[2]+' ')\n sys.exit()\n" \
               "signal.signal(signal.SIGTERM, end)\nprint('up', flush=True)\ntime.sleep(1000)"
        for name in ("postgres", "store", "bridge"):
            child = self.child(name, [sys.executable, "-c", tell, order, name])
            self.supervisor.start(child, lambda child=child: "up" in child.last_words())
        self.supervisor.stop()
        self.assertEqual(order.read_text(encoding="utf-8"), "bridge store postgres ")
        self.assertEqual(list(self.state.run.glob("*.pid")), [])

    def test_kills_what_does_not_end_and_wakes_what_was_stopped(self):
        deaf = self.child("bridge", ["sh", "-c", "trap '' TERM; echo up; while :; do sleep 0.1; done"], patience=0.3)
        self.supervisor.start(deaf, lambda: "up" in deaf.last_words())
        asleep = self.child("store")
        self.supervisor.start(asleep, lambda: True)
        os.kill(asleep.pid, signal.SIGSTOP)
        self.supervisor.stop()
        self.assertEqual(deaf.ended(), "was killed by SIGKILL")
        self.assertEqual(asleep.ended(), "was killed by SIGTERM")
        self.assertEqual(self.said.lines, ["bridge does not end by itself: it is killed"])

    def test_a_signal_ends_the_watch(self):
        self.supervisor.start(self.child("store"), lambda: True)
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGTERM)).start()
        with self.assertRaises(Stopped):
            self.supervisor.keep()


class ChildTest(unittest.TestCase):
    def test_dies_with_its_keeper(self):
        with tempfile.TemporaryDirectory() as folder:
            keeper = ("import sys, os, signal\nfrom common.run.child import Child\nfrom common.run.state import State\n"
                      "state = State(sys.argv[1]); state.make()\nchild = Child(state, 'store', ['sleep', '1000'])\n"
                      "child.start()\nprint(child.pid, flush=True)\nos.kill(os.getpid(), signal.SIGKILL)")

            answer = subprocess.run([sys.executable, "-c", keeper, folder], stdout=subprocess.PIPE, text=True, check=False,
                         cwd=pathlib.Path(__file__).parents[2])
            pid = int(answer.stdout)
            deadline = time.monotonic() + 10
            while pathlib.Path(f"/proc/{pid}").exists():
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.02)
