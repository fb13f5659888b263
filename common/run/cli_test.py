"""The command line before any command runs."""

import contextlib
import io
import os
import subprocess
import unittest

from common.run import cli
from common.run.state import ROOT


def run(*arguments):
    """Returns the status, and what was printed where."""
    output, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        try:
            status = cli.main(list(arguments))
        except SystemExit as end:
            status = end.code
    return status, output.getvalue(), errors.getvalue()


class CliTest(unittest.TestCase):
    def test_help_names_each_command_and_variable(self):
        status, output, _ = run("--help")
        self.assertEqual(status, 0)
        for word in (*cli.COMMANDS, *cli.VARIABLES):
            self.assertRegex(output, rf"(?m)^  {word} ")

    def test_each_command_explains_itself_and_does_nothing(self):
        for command in cli.COMMANDS:
            status, output, errors = run(command, "--help")
            self.assertEqual(status, 0, errors)
            self.assertIn(f"usage: usersync {command}", output.lower())

    def test_a_reader_that_has_seen_enough_is_no_failure(self):
        reader, writer = os.pipe()
        os.close(reader)
        with open(writer, "wb") as output:
            answer = subprocess.run([ROOT / "usersync", "--help"], check=False, stdout=output, stderr=subprocess.PIPE)
        self.assertEqual((answer.returncode, answer.stderr), (141, b""))

    def test_tells_its_version(self):
        self.assertRegex(run("--version")[1], r"^usersync \d+\.\d+\.\d+\n$")
        self.assertRegex(run("bench", "--version")[1], r"^usersync bench \d+\.\d+\.\d+\n$")

    def test_refuses_what_it_does_not_know(self):
        self.assertEqual(run("upp")[0], 2)
        self.assertEqual(run("env", "more")[0], 2)


if __name__ == "__main__":
    unittest.main()
