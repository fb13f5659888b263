"""The Debian packages that usersync needs: the only list of them. Installs what is missing."""

import argparse
import contextlib
import os
import pathlib
import shutil
import subprocess
import sys

from common.run.problem import Problem

BUILD = ("g++", "cmake", "ninja-build", "pkg-config", "ccache", "mold", "protobuf-compiler", "protobuf-compiler-grpc",
         "libprotobuf-dev", "libgrpc++-dev", "grpc-proto", "libabsl-dev", "libspdlog-dev", "libssl-dev",
         "libnats-dev", "libpqxx-dev", "rapidjson-dev", "libjemalloc-dev", "libboost1.81-dev",
         "zlib1g-dev", "libnghttp2-dev", "libjwt-dev")
RUN = ("nats-server", "postgresql", "openssl", "ca-certificates")
WEB = ("nodejs", "npm")
TEST = ("libgtest-dev", "libgmock-dev", "nlohmann-json3-dev", *WEB, "python3-grpcio", "chromium",
        "fonts-noto-color-emoji")
CHECK = ("clang", "libclang-rt-dev", "clang-format", "git", "docker-compose")

# A program that may have come from elsewhere than Debian.
PROGRAMS = {"nodejs": "node", "npm": "npm"}

POLICY = pathlib.Path("/usr/sbin/policy-rc.d")
POLICY_BEFORE = pathlib.Path("/usr/sbin/policy-rc.d.before-usersync")
POLICY_TEXT = "#!/bin/sh\n# Written by usersync while it installs packages: no service is started.\nexit 101\n"
CLUSTERS = pathlib.Path("/etc/postgresql-common/createcluster.d/usersync.conf")
CLUSTERS_TEXT = "# Written by usersync while it installs packages: no cluster on port 5432.\ncreate_main_cluster = false\n"
APT = ("apt-get", "-o", "Dpkg::Use-Pty=0")


def ensure(names, run, say):
    """Installs what is missing of `names`. Returns what it installed.

    `run(command, environment)` runs a command to its end and returns its status. Problem if the
    packages cannot be had, with the command that would install them.
    """
    absent = missing(names)
    if not absent:
        return []
    by_hand = "apt-get install --no-install-recommends " + " ".join(absent)
    if not shutil.which("apt-get"):
        raise Problem(f"needed but not found, under the names that Debian 12 gives them: {' '.join(absent)}")
    if os.geteuid() != 0:
        raise Problem(f"packages are missing; as root: {by_hand}")
    say(f"installing {' '.join(absent)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with no_services_started():
        install = (*APT, "install", "-y", "--no-install-recommends", *absent)
        # The lists may be missing or old: ask for new ones, but only then.
        if run(install, environment) != 0:
            run((*APT, "update"), environment)
            if run(install, environment) != 0:
                raise Problem(f"the packages could not be installed; try: {by_hand}")
    if "nats-server" in absent and shutil.which("systemctl"):
        # Ours is private; Debian's would take port 4222 at the next start of this machine.
        subprocess.run(("systemctl", "disable", "nats-server"), check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return absent


def missing(names):
    wanted = [name for name in names if not shutil.which(PROGRAMS.get(name, "/"))]
    if not wanted:
        return []
    if not shutil.which("dpkg-query"):
        return wanted
    answer = subprocess.run(("dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *wanted),
                            check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    there = {line.split()[0] for line in answer.stdout.splitlines() if line.endswith(" installed")}
    return [name for name in wanted if name not in there]


@contextlib.contextmanager
def no_services_started():
    """Debian starts nats-server on 4222 and PostgreSQL on 5432 at install; for a moment, not."""
    recover()
    if POLICY.exists():
        POLICY.rename(POLICY_BEFORE)
    POLICY.write_text(POLICY_TEXT, encoding="utf-8")
    POLICY.chmod(0o755)
    CLUSTERS.parent.mkdir(parents=True, exist_ok=True)
    CLUSTERS.write_text(CLUSTERS_TEXT, encoding="utf-8")
    try:
        yield
    finally:
        recover()


def recover():
    """Takes back what no_services_started wrote, also after a run that was killed."""
    CLUSTERS.unlink(missing_ok=True)
    if POLICY.exists() and POLICY.read_text(encoding="utf-8", errors="replace") == POLICY_TEXT:
        POLICY.unlink()
    if POLICY_BEFORE.exists():
        POLICY_BEFORE.rename(POLICY)


def main(arguments):
    """`packages GROUP...`: installs the groups of packages, for .ci/run."""
    groups = {"build": BUILD, "run": RUN, "web": WEB, "test": TEST, "check": CHECK}
    parser = argparse.ArgumentParser(prog="usersync packages", description=__doc__)
    parser.add_argument("groups", nargs="+", choices=groups)
    names = [package for group in parser.parse_args(arguments).groups for package in groups[group]]
    ensure(names, lambda command, environment: subprocess.run(
        command, check=False, env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr).returncode, print)
    return 0
