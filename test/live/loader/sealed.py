"""A Redis with certificates, one with sentinels before it, and the settings that lead there, as they are rendered."""
import socket
import subprocess
from urllib.parse import urlencode

import redis
from harness import Server, free_port, until

FILES = {"ssl_ca_certs": "ca.crt", "ssl_certfile": "tls.crt", "ssl_keyfile": "tls.key"}


def certificates(folder):
    """An authority, and what it signs for this machine."""
    folder.mkdir(parents=True)
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    # Python 3.13 wants the key usage
    openssl("req", "-x509", *key, "-subj", "/CN=authority", "-days", "2", "-addext", "keyUsage=critical,keyCertSign",
            "-keyout", "ca.key", "-out", "ca.crt")
    openssl("req", *key, "-subj", "/CN=leaf", "-keyout", "tls.key", "-out", "request")
    (folder / "extensions").write_text("extendedKeyUsage=serverAuth,clientAuth\nsubjectAltName=IP:127.0.0.1\n")
    openssl("x509", "-req", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "1", "-in", "request",
            "-extfile", "extensions", "-out", "tls.crt")
    return {name: str(folder / file) for name, file in FILES.items()}


class Sealed(Server):
    """Speaks TLS alone, and asks each client for a certificate."""

    def __init__(self, folder, port=None):
        self.files = certificates(folder / "certificates")
        super().__init__(folder, port)

    def ways(self):
        return ["--port", "0", "--tls-port", str(self.port), *self.tls("--tls-")]

    def client(self):
        return redis.Redis(port=self.port, host="127.0.0.1", username="admin", password="admin", decode_responses=True,
                           ssl=True, **self.files)

    def tls(self, before):
        says = {"cert-file": "ssl_certfile", "key-file": "ssl_keyfile", "ca-cert-file": "ssl_ca_certs"}
        pairs = {name: self.files[file] for name, file in says.items()} | {"auth-clients": "yes", "replication": "yes"}
        return [word for name, value in pairs.items() for word in (f"{before}{name}", value)]

    def named(self):
        return {"ssl_cert_reqs": "required", "ssl_check_hostname": True, **self.files}

    def url(self, db=0):
        options = {"ssl_cert_reqs": "required", "ssl_check_hostname": "true", **self.files}
        return f"rediss://127.0.0.1:{self.port}/{db}?{urlencode(options, safe='/')}"

    def leads(self, settings):
        return settings


class Guarded(Sealed):
    """Sentinels say where it is; they have its certificates, and its clients' users."""

    def __init__(self, folder, port=None):
        self.sentinel = None
        super().__init__(folder, port)

    def watched(self, user, digest):
        """One sentinel, that knows this user."""
        self.at, conf = free_port(), self.folder / "sentinel.conf"
        tls = self.tls("tls-")
        conf.write_text("\n".join([
            "port 0", f"tls-port {self.at}", "bind 127.0.0.1", *map(" ".join, zip(tls[::2], tls[1::2])),
            f"sentinel monitor primary 127.0.0.1 {self.port} 1", "sentinel auth-user primary admin",
            "sentinel auth-pass primary admin", "user default off",
            f"user {user} on #{digest} resetkeys -@all +ping +sentinel|get-master-addr-by-name", ""]))
        self.sentinel = subprocess.Popen(["redis-server", conf, "--sentinel"], stdout=subprocess.DEVNULL)
        until(lambda: not socket.socket().connect_ex(("127.0.0.1", self.at)))

    def stop(self):
        if self.sentinel:
            self.sentinel.terminate()
            self.sentinel.wait(10)
        super().stop()

    def url(self, db=0):
        return f"sentinel://127.0.0.1:{self.at}/{db}"

    def leads(self, settings):
        asks = {"socket_timeout": 2, "socket_connect_timeout": 2, "ssl": True, **self.named()}
        for options in ("broker_transport_options", "result_backend_transport_options"):
            settings[options] |= {"master_name": "primary", "sentinel_kwargs": asks}
        return settings | {"broker_use_ssl": self.named(), "redis_backend_use_ssl": self.named()}
