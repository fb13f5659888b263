"""The configuration of our NATS server, made from docker/nats.conf."""

import re
import shutil

from common.run import ports
from common.run.problem import Problem
from common.run.state import ROOT, write_private

TEMPLATE = ROOT / "docker" / "nats.conf"


def server():
    """The path of nats-server; Debian puts it where only root looks."""
    path = shutil.which("nats-server") or shutil.which("nats-server", path="/usr/sbin:/usr/local/bin")
    if not path:
        raise Problem("nats-server is missing: apt-get install nats-server")
    return path


def write_config(state, secrets, port_of, actors, host=ports.HOST):
    """Writes the configuration, which holds every password: only its owner may read it."""
    monitor = port_of.get(ports.OPTIONAL)
    values = {
        "host": host,
        "port": str(port_of["NATS"]),
        "websocket_port": str(port_of["NATS_WS"]),
        "monitor": f'http: "127.0.0.1:{monitor}"' if monitor else "# no monitor port was asked for",
        "store_dir": quoted(state.nats_data),
        "origins": ", ".join(quoted(origin) for origin in origins(port_of)),
        "bridge_password": quoted(secrets.nats_password("bridge")),
        "operator_password": quoted(secrets.nats_password("operator")),
    }
    passwords = {actor: secrets.nats_password(actor) for actor in actors}
    write_private(state.nats_config, render(TEMPLATE.read_text(encoding="utf-8"), values, passwords))


def origins(port_of):
    """The pages that may open a WebSocket: ours, under both names of this machine.

    nats-server 2.9 remembers one origin a host, the last one listed; so it is the page's, and the
    gateway's two ports cannot be listed beside it.
    """
    return [f"http://{host}:{port_of['WEB']}" for host in ("localhost", "127.0.0.1")]


def render(template, values, passwords):
    """Fills `{{name}}`, and repeats the lines from `#: each actor` to `#: end` for each actor."""
    def repeat(match):
        return "".join(fill(match[1], {"actor": actor, "actor_password": quoted(password)})
                       for actor, password in sorted(passwords.items()))

    def fill(text, known):
        return re.sub(r"\{\{(\w+)\}\}", lambda match: known.get(match[1], match[0]), text)

    text = re.sub(r"^ *#: each actor\n(.*?)^ *#: end\n", repeat, template, flags=re.S | re.M)
    text = fill(text, values)
    missing = re.search(r"\{\{\w+\}\}", text)
    if missing:
        raise Problem(f"{TEMPLATE} asks for {missing[0]}, which nobody gives")
    return text


def quoted(value):
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
