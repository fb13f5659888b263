"""`prepare`: everything that NATS and PostgreSQL need to start, for tests and containers that start them themselves."""

import argparse
import os
import pathlib

from common.run import nats, ports
from common.run.certificate import make_certificate
from common.run.postgres import Cluster, system_user
from common.run.secrets import Secrets
from common.run.state import State


def actors_of_environment():
    """The actors with a password of their own."""
    return split(os.environ.get("USERSYNC_ACTORS", "alice,bob"))


def split(text):
    return [name for name in text.split(",") if name]


def main(arguments):
    """Prints NAME=value lines; what it makes is made only once."""
    parser = argparse.ArgumentParser(prog="usersync prepare", description=__doc__)
    parser.add_argument("--dir", required=True, help="where to make it")
    parser.add_argument("--actors", type=split, default=actors_of_environment(),
                        help="NATS users to make, separated by commas")
    parser.add_argument("--network", dest="host", action="store_const", const=ports.ANY_HOST, default=ports.HOST,
                        help="for containers: both listen beyond loopback, and the gateway gets a certificate")
    parser.add_argument("--template", help="directory that keeps a finished cluster for the next call")
    options = parser.parse_args(arguments)

    state = State(options.dir)
    state.make()
    # Temporary directories are 0700, and PostgreSQL must pass through as its own user.
    state.directory.chmod(state.directory.stat().st_mode | 0o011)
    secrets = Secrets(state.secrets)
    made = secrets.make(options.actors)
    if options.host != ports.HOST:
        make_certificate(state.secrets)
    port_of = {name: ports.named_or_default(name) for name in (*ports.DEFAULTS, ports.OPTIONAL)}
    nats.write_config(state, secrets, port_of, options.actors, options.host)
    cluster = Cluster(state, secrets, port_of["POSTGRES"], options.host)
    cluster.prepare(made, options.template and pathlib.Path(options.template))
    for name, value in {
            "NATS_CONFIG": state.nats_config,
            "PGDATA": cluster.data,
            "POSTGRES_USER": system_user(),
            "PG_BIN": cluster.programs,
            "STORE_DATABASE_URL": cluster.url("usersync_store"),
            "OWNER_DATABASE_URL": cluster.url("usersync_owner"),
            "READER_DATABASE_URL": cluster.url("usersync_reader"),
            "SECRETS_DIR": state.secrets,
    }.items():
        print(f"{name}={value}")
    return 0
