"""The gateway's certificate: signed by itself, for this machine alone, made on first use."""

import os
import subprocess

from common.run.problem import Problem

DAYS = 397
# One that would end soon is made anew.
LEAST_SECONDS = 30 * 24 * 3600
NAMES = "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1"


def make_certificate(folder):
    """Makes what is missing in the folder of secrets. Returns the certificate's file and its key's."""
    certificate, key = folder / "gateway.crt", folder / "gateway.key"
    if not (key.exists() and certificate.exists() and lasts(certificate)):
        made = [path.with_name(path.name + ".new") for path in (certificate, key)]
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-days", str(DAYS), "-subj", "/CN=localhost", "-addext", NAMES,
                "-addext", "extendedKeyUsage=serverAuth", "-out", made[0], "-keyout", made[1])
        made[0].replace(certificate)
        made[1].replace(key)
    return certificate, key


def lasts(certificate):
    command = ("openssl", "x509", "-in", certificate, "-noout", "-checkend", str(LEAST_SECONDS))
    return subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def openssl(*arguments):
    answer = subprocess.run(("openssl", *arguments), check=False, text=True, umask=0o077, stdin=subprocess.DEVNULL,
                            env={**os.environ, "OPENSSL_CONF": ""}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if answer.returncode != 0:
        raise Problem(f"openssl could not make a certificate:\n{answer.stdout}")
