"""A `tenants.directory`, and tokens of the issuers in it."""

from tokens import claims, sign

ACME_SECRET, GLOBEX_SECRET = "acme's own secret, of more than 32 bytes", "globex's own secret, of more than 32 bytes"


class Tenants:
    """A directory of tenants' files."""

    def __init__(self, path):
        self.path = path / "tenants"
        self.path.mkdir()
        self.secrets = path

    def write(self, tenant, more="", issuer=None, key=None):
        if key is None:
            secret = self.secrets / f"{tenant}.secret"
            if not secret.exists():
                secret.write_text({"acme": ACME_SECRET}.get(tenant, GLOBEX_SECRET))
            key = f"secretFile: {secret}"
        issuer = issuer or f"https://{tenant}.example"
        (self.path / f"{tenant}.yaml").write_text(f"auth:\n  issuer: {issuer}\n  {key}\n{more}\n")


def start(start_server, tenants, env=None, **options):
    return start_server({"BOARDCAST_TENANTS_DIRECTORY": str(tenants.path), **(env or {})}, **options)


def acme(sub="ann", **more):
    return sign(claims(sub, "acme", iss="https://acme.example", **more), ACME_SECRET)


def globex(sub="eve", **more):
    return sign(claims(sub, "globex", iss="https://globex.example", **more), GLOBEX_SECRET)
