"""What runs now, as variables: written by `up`, printed by `env`."""

import argparse
import json

from common.run import leftovers
from common.run.ports import HOST
from common.run.problem import Problem
from common.run.state import State, write_private


def variables(port_of, store_ports, database_url, operator_password, heads, vkey, has_page):
    """The variables of a running system; it holds passwords."""
    page = {"USERSYNC_WEB_URL": f"http://{HOST}:{port_of['WEB']}"} if has_page else {}
    return {
        "USERSYNC_NATS_URL": f"nats://{HOST}:{port_of['NATS']}",
        "USERSYNC_NATS_WS_URL": f"ws://{HOST}:{port_of['NATS_WS']}",
        "USERSYNC_DATABASE_URL": database_url,
        "USERSYNC_STORE_ADDR": ",".join(f"{HOST}:{port}" for port in store_ports),
        "USERSYNC_GATEWAY_URL": f"http://{HOST}:{port_of['GATEWAY_HTTP']}",
        "USERSYNC_GATEWAY_TLS_URL": f"https://{HOST}:{port_of['GATEWAY_HTTPS']}",
        "USERSYNC_GATEWAY_GRPC": f"{HOST}:{port_of['GATEWAY_GRPC']}",
        **page,
        # What usersync-store verify needs besides the database.
        "USERSYNC_LOG_HEADS": str(heads),
        "USERSYNC_LOG_VKEY": str(vkey),
        "USERSYNC_NATS_USER": "operator",
        "USERSYNC_NATS_PASSWORD": operator_password,
    }


def publish(state, values):
    write_private(state.environment, json.dumps(values, indent=2) + "\n")


def withdraw(state):
    state.environment.unlink(missing_ok=True)


def running(state):
    """The variables of what runs in this state directory. Problem if nothing does."""
    try:
        if leftovers.runs(state):
            return json.loads(state.environment.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Problem(f"usersync is just starting or stopping in {state.directory}") from None
    raise Problem(f"nothing runs in {state.directory}; ./usersync up starts it")


def main(arguments):
    """Prints export NAME='value', one a line, for whatever runs now."""
    argparse.ArgumentParser(prog="usersync env", description="`env`: prints export NAME='value' lines "
                            "for whatever runs now.").parse_args(arguments)
    for name, value in running(State.of_environment()).items():
        quoted = value.replace("'", "'\\''")
        print(f"export {name}='{quoted}'")
    return 0
