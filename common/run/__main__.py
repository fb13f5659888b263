"""Entry of ./usersync: makes the root of the tree importable, then hands over to the commands."""

import pathlib
import sys

# Python puts this folder first on the path, where our secrets.py would hide Python's own.
sys.path[0] = str(pathlib.Path(__file__).resolve().parents[2])

from common.run import cli  # noqa: E402  (the path must be set first)

sys.exit(cli.main(sys.argv[1:]))
