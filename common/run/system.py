"""The whole running system: NATS, PostgreSQL, stores, bridges, gateway and page, in their order."""

import os
import re
import signal
import subprocess

from common.run import health, leftovers, nats
from common.run.build import tail
from common.run.certificate import make_certificate
from common.run.child import Child
from common.run.environment import variables
from common.run.ports import DEFAULTS, HOST, OPTIONAL, Ports, turn
from common.run.postgres import DATABASE, Cluster, identity
from common.run.prepare import actors_of_environment
from common.run.problem import Problem
from common.run.secrets import LOG_VKEY, Secrets
from common.run.supervisor import Supervisor

MOST = 16


def how_many(variable):
    text = os.environ.get(variable) or "1"
    if not re.fullmatch(r"[1-9][0-9]?", text) or int(text) > MOST:
        raise Problem(f"{variable}={text} must be a number from 1 to {MOST}")
    return int(text)


def name_of(service, index):
    return service if index == 0 else f"{service}-{index + 1}"


class System:
    """Starts everything under a supervisor.

    `programs` is the folder of our own binaries; `page` may be None.
    """

    def __init__(self, state, programs, interrupts, progress, page=None):
        self._state = state
        self._programs = programs
        self._page = page
        self._interrupts = interrupts
        self._progress = progress
        self.supervisor = Supervisor(interrupts, progress)
        self.actors = actors_of_environment()
        self.secrets = Secrets(state.secrets)
        self.stores = how_many("USERSYNC_STORES")
        self.bridges = how_many("USERSYNC_BRIDGES")

    def start(self):
        """Makes what is missing and starts all, each when the one before it answers."""
        with turn(self._interrupts.wait):
            with self._progress.step("secrets and database cluster"):
                self._prepare()
            self._start_all()

    def is_empty(self):
        """Whether no change was ever committed."""
        environment = {**os.environ, "PGPASSWORD": self.secrets.postgres_password("usersync_reader")}
        command = [self.cluster.programs / "psql", "-X", "-At", "-h", HOST, "-p", str(self.cluster.port),
                   "-U", "usersync_reader", "-d", DATABASE, "-c", "SELECT head FROM feed"]
        answer = subprocess.run(command, env=environment, check=False, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return answer.stdout.strip() == "0"

    def addresses(self):
        """What a person wants to open or to call."""
        values = self.variables()
        if self._page:
            yield "page", values["USERSYNC_WEB_URL"]
        yield "NATS", values["USERSYNC_NATS_URL"]
        yield "NATS over WebSocket", values["USERSYNC_NATS_WS_URL"]
        yield "PostgreSQL", f"postgresql://usersync_reader@{HOST}:{self.cluster.port}/{DATABASE}"
        yield "store (gRPC)", values["USERSYNC_STORE_ADDR"]
        yield "gateway", values["USERSYNC_GATEWAY_URL"]
        yield "gateway with TLS", values["USERSYNC_GATEWAY_TLS_URL"]
        yield "gateway (gRPC)", values["USERSYNC_GATEWAY_GRPC"]
        yield "store's metrics", f"http://{HOST}:{self.port_of['STORE_METRICS']}/metrics"
        yield "bridge's metrics", f"http://{HOST}:{self.port_of['BRIDGE_METRICS']}/metrics"
        yield "gateway's metrics", f"http://{HOST}:{self.port_of['GATEWAY_METRICS']}/metrics"
        if OPTIONAL in self.port_of:
            yield "NATS monitor", f"http://{HOST}:{self.port_of[OPTIONAL]}"

    def variables(self):
        return variables(self.port_of, self.store_ports, self.cluster.url("usersync_reader"),
                         self.secrets.nats_password("operator"), self._state.log_heads,
                         self.secrets.path(LOG_VKEY), self._page is not None)

    def _prepare(self):
        """Chooses ports, makes secrets, configuration and database cluster."""
        made = self.secrets.make(self.actors)
        chooser = Ports(self._progress.say)
        self.port_of = chooser.choose((*DEFAULTS, OPTIONAL))
        self.store_ports = self._ports(chooser, "STORE", self.stores)
        self._store_metrics = self._ports(chooser, "STORE_METRICS", self.stores)
        self._bridge_metrics = self._ports(chooser, "BRIDGE_METRICS", self.bridges)
        nats.write_config(self._state, self.secrets, self.port_of, self.actors)
        self.cluster = Cluster(self._state, self.secrets, self.port_of["POSTGRES"])
        self.cluster.prepare(made)

    def _start_all(self):
        with self._progress.step("NATS"):
            self.supervisor.start(self._nats(), lambda: health.nats_answers(self.port_of["NATS"]))
        with self._progress.step("PostgreSQL"):
            server = self._postgres()
            self.supervisor.start(server, lambda: health.postgres_answers(self.cluster.data, server.pid))
        with self._progress.step("database schema"):
            self._migrate()
        for index, (port, metrics) in enumerate(zip(self.store_ports, self._store_metrics)):
            with self._progress.step(name_of("store", index)):
                self.supervisor.start(self._store(index, port, metrics),
                                      lambda port=port: health.grpc_answers(port))
        for index, metrics in enumerate(self._bridge_metrics):
            with self._progress.step(name_of("bridge", index)):
                self.supervisor.start(self._bridge(index, metrics),
                                      lambda: health.bridge_answers(self.port_of["NATS"]))

        with self._progress.step("gateway"):
            self.supervisor.start(self._gateway(), lambda: health.http_answers(self.port_of["GATEWAY_HTTP"]))
        if self._page:
            with self._progress.step("page"):
                self.supervisor.start(self._page.server(self.port_of["WEB"], self._page_addresses()),
                                      lambda: health.http_answers(self.port_of["WEB"], "/config.json"))

    def _ports(self, chooser, name, count):
        """The named or default port for the first, free ones for the others."""
        ports = [self.port_of[name]]
        while len(ports) < count:
            ports.append(chooser.free(ports[-1]))
        return ports

    def _nats(self):
        return Child(self._state, "nats", [nats.server(), "-c", self._state.nats_config], patience=5.0)

    def _postgres(self):
        # SIGINT is PostgreSQL's fast shutdown: it ends sessions and writes a checkpoint.
        return Child(self._state, "postgres", self.cluster.command(), identity=identity(),
                     stop_signal=signal.SIGINT, patience=9.0,
                     before=lambda: leftovers.forget_foreign_postmaster(self.cluster.data))

    def _store(self, index, port, metrics):
        # The secrets' folder stands on the command line so that a leftover is known as ours.
        return Child(self._state, name_of("store", index),
                     [self._programs / "usersync-store", "serve", "--secrets-dir", self._state.secrets],
                     environment={"USERSYNC_STORE_HOST": HOST,
                                  "USERSYNC_STORE_PORT": str(port),
                                  "USERSYNC_STORE_METRICS_PORT": str(metrics),
                                  "USERSYNC_STORE_DATABASE_URL": self.cluster.url("usersync_store"),
                                  "USERSYNC_LOG_HEADS": str(self._state.log_heads),
                                  "USERSYNC_ERASURES": str(self._state.erasures)})

    def _bridge(self, index, metrics):
        return Child(self._state, name_of("bridge", index),
                     [self._programs / "usersync-bridge", "serve", "--secrets-dir", self._state.secrets],
                     environment={"USERSYNC_NATS_URL": f"nats://{HOST}:{self.port_of['NATS']}",
                                  "USERSYNC_NATS_USER": "bridge",
                                  "USERSYNC_NATS_PASSWORD": self.secrets.nats_password("bridge"),
                                  "USERSYNC_STORE_ADDR": self.variables()["USERSYNC_STORE_ADDR"],
                                  "USERSYNC_BRIDGE_METRICS_PORT": str(metrics)})

    def _gateway(self):
        values = self.variables()
        certificate, key = make_certificate(self._state.secrets)
        return Child(self._state, "gateway",
                     [self._programs / "usersync-gateway", "serve", "--secrets-dir", self._state.secrets],
                     # Streams of browsers have no end of their own, so it always takes all this time.
                     environment={"USERSYNC_DRAIN_TIMEOUT": "2s",
                                  "USERSYNC_GATEWAY_HOST": HOST,
                                  "USERSYNC_GATEWAY_HTTP_PORT": str(self.port_of["GATEWAY_HTTP"]),
                                  "USERSYNC_GATEWAY_HTTPS_PORT": str(self.port_of["GATEWAY_HTTPS"]),
                                  "USERSYNC_TLS_CERT": str(certificate),
                                  "USERSYNC_TLS_KEY": str(key),
                                  "USERSYNC_GATEWAY_GRPC_PORT": str(self.port_of["GATEWAY_GRPC"]),
                                  "USERSYNC_GATEWAY_METRICS_PORT": str(self.port_of["GATEWAY_METRICS"]),
                                  "USERSYNC_STORE_ADDR": values["USERSYNC_STORE_ADDR"],
                                  **self._page_addresses(),
                                  **({"USERSYNC_PAGE_DIR": str(self._page.folder)} if self._page else {}),
                                  "USERSYNC_ALLOWED_ORIGINS": ",".join(nats.origins(self.port_of))})

    def _page_addresses(self):
        """What /config.json tells the page, at the gateway and at Vite."""
        values = self.variables()
        return {name: values[name] for name in (
            "USERSYNC_NATS_WS_URL", "USERSYNC_GATEWAY_URL", "USERSYNC_GATEWAY_TLS_URL")}

    def _migrate(self):
        environment = {**os.environ, "USERSYNC_OWNER_DATABASE_URL": self.cluster.url("usersync_owner")}
        log = self._state.log_file("migrate")
        with open(log, "wb") as output:
            if self._interrupts.run([self._programs / "usersync-store", "migrate", "up"], output, environment) != 0:
                raise Problem(f"the database schema could not be made; the end of {log}:\n{tail(log, 12)}")
