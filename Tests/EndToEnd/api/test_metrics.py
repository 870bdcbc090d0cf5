"""`/metrics`: counts as Prometheus reads them, for this machine alone."""

import re

from rest import Api, ok, problem
from waiting import eventually

HEAD = re.compile(r"# (HELP|TYPE) ([a-z_]+) (.+)")
SAMPLE = re.compile(r'([a-z_]+)(?:\{[a-z]+="([^"\\]*)"\})? ([0-9.e+-]+)')


def samples(text):
    """The samples by name and label; each stands in its family, after its help and its type, and once."""
    assert text.endswith("\n")
    found, families, heads = {}, set(), []
    for line in text.splitlines():
        if head := HEAD.fullmatch(line):
            kind, name, rest = head.groups()
            if kind == "HELP":
                assert name not in families
                families.add(name)
                heads = [name]
            else:
                assert heads == [name] and rest in ("counter", "gauge")
                assert rest == "gauge" or name.endswith("_total")
                heads.append(rest)
        else:
            name, label, value = SAMPLE.fullmatch(line).groups()
            assert len(heads) == 2 and heads[0] == name and (name, label) not in found
            found[name, label] = float(value)
    return found


def test_connections_are_counted_without_a_token(start_server, make_team):
    server = start_server()
    api = Api(server.url)

    def metric(name, label=None):
        answer = ok(api.get("/metrics"), 200)
        assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        return samples(answer.text).get((f"boardcast_{name}", label))

    assert (metric("connections", "sse"), metric("connects_total")) == (0, 0)
    assert metric("disconnects_total", "gone") is None
    stream = make_team(server).stream()
    assert (metric("connections", "sse"), metric("connects_total")) == (1, 1)
    # What is sent is counted on the connection's own loop, after it was sent.
    eventually(lambda: metric("sent_bytes_total") > 0, "its first bytes are counted")
    stream.close()
    eventually(lambda: metric("disconnects_total", "gone") == 1, "its end is counted")
    assert (metric("connections", "sse"), metric("connects_total")) == (0, 1)


def test_what_a_proxy_has_passed_on_is_not_answered(server):
    for field in ("X-Forwarded-For", "Forwarded", "X-Forwarded-Host"):
        assert problem(Api(server.url).get("/metrics", headers={field: "127.0.0.1"}), 404)["code"] == "not_found"
