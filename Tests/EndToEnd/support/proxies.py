"""Real proxies in front of a server, each with a configuration of `Deploy/proxies`, but for addresses and certificates."""

import datetime
import ipaddress
import os
import shutil
import signal
import socket
import subprocess

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from harness import ROOT
from waiting import eventually

FILES = ROOT / "Deploy" / "proxies"

NGINX = """
daemon off;
{user}
pid {directory}/nginx.pid;
worker_processes 1;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    include {config};
}}
"""

MODULES = ("mpm_event", "authz_core", "proxy", "proxy_http", "headers", "deflate", "filter", "ssl", "socache_shmcb")
APACHE = """
ServerRoot {directory}
ServerName 127.0.0.1
PidFile {directory}/apache.pid
ErrorLog {directory}/error.log
DefaultRuntimeDir {directory}
{modules}
Listen 127.0.0.1:{port}
Include {config}
"""

CADDY = """{{
    admin off
    auto_https disable_redirects
    storage file_system {directory}/caddy
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_certificate(directory):
    """A certificate for 127.0.0.1 that signs itself: the paths of certificate and key, and of both in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "boards.example.com")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([
            x509.DNSName("boards.example.com"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256()))
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    paths = [directory / name for name in ("certificate.pem", "key.pem", "both.pem")]
    for path, text in zip(paths, (pem, secret, pem + secret)):
        path.write_bytes(text)
    return paths


class Proxy:
    """One proxy, from its start to its end. `name` is that of its file in `Deploy/proxies`."""

    def __init__(self, name, directory, port, server, certificate):
        self.directory, self.port = directory, port
        self.kind = "caddy" if name.startswith("Caddyfile") else name.partition(".")[0].partition("-")[0]
        text = (FILES / name).read_text()
        self.is_secure = self.kind == "caddy" or "443" in text
        public, key, both = map(str, certificate)
        pem = both if self.kind == "haproxy" else public
        for old, new in (
            ("127.0.0.1:8788", f"127.0.0.1:{server.port}"), ("/etc/ssl/boards.example.com.pem", pem),
            ("/etc/ssl/boards.example.com.key", key),
            ("listen 80;", f"listen 127.0.0.1:{port};"), ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
            ("bind :80", f"bind 127.0.0.1:{port}"), ("bind :443", f"bind 127.0.0.1:{port}"),
            ("*:80", f"127.0.0.1:{port}"), ("*:443", f"127.0.0.1:{port}"),
            ("boards.example.com {", f"https://127.0.0.1:{port} {{\n    tls {public} {key}"),
        ):
            text = text.replace(old, new)
        config = directory / name
        config.write_text(text if self.kind != "caddy" else CADDY.format(directory=directory) + text)
        self.log_path = directory / "proxy.log"
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                self._command(config), stdout=log, stderr=log, cwd=directory,
                env={**os.environ, "XDG_DATA_HOME": str(directory), "XDG_CONFIG_HOME": str(directory)})

    @property
    def url(self):
        return f"{'https' if self.is_secure else 'http'}://127.0.0.1:{self.port}"

    def _command(self, config):
        main = self.directory / "main.conf"
        user = "user root;" if os.geteuid() == 0 else ""
        match self.kind:
            case "nginx":
                main.write_text(NGINX.format(directory=self.directory, config=config, user=user))
                return [program("nginx"), "-p", str(self.directory), "-e", "stderr", "-c", str(main)]
            case "haproxy": return [program("haproxy"), "-db", "-f", str(config)]
            case "caddy": return [program("caddy"), "run", "--adapter", "caddyfile", "--config", str(config)]
            case "apache":
                modules = "\n".join(
                    f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in MODULES)
                main.write_text(APACHE.format(
                    directory=self.directory, config=config, port=self.port, modules=modules))
                return [program("apache2"), "-DFOREGROUND", "-f", str(main)]

    def wait(self, answers):
        """Returns once `answers()` is true: the proxy is up, and has found the server to be so."""
        def holds():
            assert self.process.poll() is None, self.log()
            return answers()

        eventually(holds, f"{self.kind} answers; its log:\n{self.log()}")

    def log(self):
        error = self.directory / "error.log"
        return self.log_path.read_text("utf-8", "replace") + (error.read_text() if error.exists() else "")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def program(name):
    return shutil.which(name) or f"/usr/sbin/{name}"
