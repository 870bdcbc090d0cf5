"""What proxies make of requests: other hosts, added fields, headers of the PROXY protocol, entity tags that they changed.
Beside each, what it must not open."""

import re
import socket
import struct

import pytest

from cases import request_of
from harness import StartFailed
from rest import Api, ok, problem
from tokens import cookie
from waiting import eventually
from wire import Wire

TRUSTED = {"BOARDCAST_HTTP_TRUSTED_PROXIES": "127.0.0.1,10.0.0.0/8"}
HANDSHAKE = [("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
             ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")]


@pytest.fixture(scope="module")
def trusting(start_for_module):
    """A server whose proxies are on this machine."""
    return start_for_module(TRUSTED)


@pytest.fixture
def team_behind(trusting, make_team):
    return make_team(trusting)


def open_socket(team, *fields, host="10.0.0.2:8788", origin="https://boards.example.com"):
    """The status of a WebSocket of a page of `origin`, with fields that a proxy has added."""
    with Wire(team.server) as wire:
        wire.host = host
        wire.request("GET", f"/ws/connect?token={team.token()}", headers=[*HANDSHAKE, ("Origin", origin), *fields])
        return wire.head().status


def by_cookie(team, *fields, host="10.0.0.2:8788", origin="https://boards.example.com"):
    """The statuses of a call and of a stream with the session of that page."""
    found = []
    for path in ("/api/tasks", "/sse/connect"):
        with Wire(team.server) as wire:
            wire.host = host
            wire.request("GET", path, headers=[*cookie(team.token()).items(), ("Origin", origin), *fields])
            found.append(wire.head().status)
    return found


# Origins


def test_the_host_that_a_trusted_proxy_names_is_ours(team_behind):
    with Wire(team_behind.server) as wire:
        wire.send(request_of("F5-02", token=team_behind.token()))
        assert wire.head().status == 101


SAID = {
    "the host alone": [("X-Forwarded-Host", "boards.example.com")],
    "host and scheme": [("X-Forwarded-Host", "boards.example.com"), ("X-Forwarded-Proto", "https")],
    "a WebSocket's scheme": [("X-Forwarded-Host", "boards.example.com"), ("X-Forwarded-Proto", "wss")],
    "the proxy in front of the proxy speaks TLS": [("X-Forwarded-Host", "boards.example.com"), ("X-Forwarded-Proto", "http")],
    "RFC 7239": [("Forwarded", 'for=203.0.113.7;host=boards.example.com;proto=https')],
    "RFC 7239, quoted": [("Forwarded", 'For="[2001:db8::1]:4711" ; Host="boards.example.com:443";proto=https')],
    "both, agreeing": [("Forwarded", "host=boards.example.com"), ("X-Forwarded-Host", "boards.example.com")],
    "a proxy before another": [("X-Forwarded-For", "203.0.113.7, 10.0.0.9"),
                               ("X-Forwarded-Host", "boards.example.com, 10.0.0.2"),
                               ("X-Forwarded-Proto", "https, http")],
    "a client's own value before the proxy's": [("X-Forwarded-For", "1.1.1.1, 203.0.113.7"),
                                                ("X-Forwarded-Host", "evil.example, boards.example.com")],
    "RFC 7239, two proxies": [("Forwarded", "for=203.0.113.7;host=boards.example.com;proto=https, for=10.0.0.9;host=x")],
}


@pytest.mark.parametrize("how", SAID)
def test_a_trusted_proxys_word_makes_a_page_ours(team_behind, how):
    assert open_socket(team_behind, *SAID[how]) == 101
    assert by_cookie(team_behind, *SAID[how]) == [200, 200]


@pytest.mark.parametrize("how", SAID)
def test_nobody_elses_word_counts(team, how):
    """The server of `team` trusts no proxy."""
    assert open_socket(team, *SAID[how]) == 403
    assert by_cookie(team, *SAID[how]) == [401, 401]


def test_a_proxy_elsewhere_is_not_trusted(start_server, make_team):
    team = make_team(start_server({"BOARDCAST_HTTP_TRUSTED_PROXIES": "10.0.0.0/8,192.0.2.1"}))
    assert open_socket(team, *SAID["host and scheme"]) == 403
    assert by_cookie(team, *SAID["RFC 7239"]) == [401, 401]


NOT_SAID = {
    "nothing": [],
    "another host": [("X-Forwarded-Host", "other.example")],
    "http although the proxy says https": None,
    "the two disagree": [("Forwarded", "host=boards.example.com"), ("X-Forwarded-Host", "other.example")],
    "the client's own word in the other field": [("X-Forwarded-Host", "real.example"), ("Forwarded", "host=boards.example.com")],
    "the client's own value before the proxy's": [("X-Forwarded-For", "203.0.113.7"),
                                                  ("X-Forwarded-Host", "boards.example.com, real.example")],
    "no host": [("X-Forwarded-Host", "boards.example.com/x")],
    "a broken field": [("Forwarded", 'host="boards.example.com')],
    "another port": [("X-Forwarded-Host", "boards.example.com:8443")],
}


@pytest.mark.parametrize("how", NOT_SAID)
def test_what_a_trusted_proxy_has_not_said_is_not_assumed(team_behind, how):
    fields, origin = NOT_SAID[how], "https://boards.example.com"
    if fields is None:
        fields, origin = SAID["host and scheme"], "http://boards.example.com"
    assert open_socket(team_behind, *fields, origin=origin) == 403
    assert by_cookie(team_behind, *fields, origin=origin) == [401, 401]


def test_a_host_without_a_port_stands_for_each_of_its_ports(team):
    with Wire(team.server) as wire:
        wire.send(request_of("F5-03", token=team.token()))
        assert wire.head().status == 101
    assert by_cookie(team, host="boards.example.com", origin="https://boards.example.com:8443") == [200, 200]
    for origin in ("https://boards.example.com.evil:8443", "https://evil.example:8443", "https://xboards.example.com:8443",
                   "https://boards.example.com:x", "ftp://boards.example.com:8443"):
        assert open_socket(team, host="boards.example.com", origin=origin) == 403, origin
    assert open_socket(team, host="boards.example.com:8788", origin="https://boards.example.com:8443") == 403


@pytest.fixture(scope="module")
def public(start_for_module):
    """A server that knows what people see."""
    return start_for_module({"BOARDCAST_HTTP_PUBLIC_URL": "https://boards.example.com:8443/team/"})


def test_the_public_url_is_our_origin_whatever_the_host(public, make_team):
    team = make_team(public)
    own = "https://boards.example.com:8443"
    for host in ("10.0.0.2:8788", "boards.example.com", "boards.example.com:8443"):
        assert open_socket(team, host=host, origin=own) == 101
        assert by_cookie(team, host=host, origin=own) == [200, 200]
    for host, origin in (("boards.example.com", "https://boards.example.com"), ("evil.example", "https://evil.example"),
                         ("evil.example", "http://evil.example"), ("boards.example.com", "http://boards.example.com:8443")):
        assert open_socket(team, host=host, origin=origin) == 403
        assert by_cookie(team, host=host, origin=origin) == [401, 401]
    assert open_socket(team, ("X-Forwarded-Host", "evil.example"), origin="https://evil.example") == 403


def test_the_log_says_what_was_compared(team):
    open_socket(team, host="upstream:8788")
    assert eventually(lambda: re.search(r"origin refused .*host=upstream:8788 origin=https://boards.example.com",
                                        team.server.log()), "the log has it")


# Links and cookies


@pytest.mark.parametrize("stripped", [True, False], ids=["the proxy strips", "the proxy leaves it"])
def test_the_public_path_stands_before_ours(public, make_team, stripped):
    team = make_team(public)
    before = "" if stripped else "/team"
    api = Api(public.url, team.token())
    created = ok(api.post(f"{before}/api/tasks", {"name": "a"}), 201)
    api.post(f"{before}/api/tasks", {"name": "b"})
    assert created.headers["location"] == f"/team/api/tasks/{created.json()['task']['id']}"
    assert re.fullmatch(r'</team/api/tasks\?.*>; rel="next"', api.get(f"{before}/api/tasks?limit=1").headers["link"])
    assert "; Path=/team; " in ok(api.post(f"{before}/api/session"), 204).headers["set-cookie"]
    stale = api.get(f"{before}/api/events?since=1-00000007").json()
    assert stale["snapshot"] == "/team/api/boards/main/snapshot"
    with Wire(public) as wire:
        wire.request("GET", f"{before}/sse/connect?since=1-00000007", api.token)
        resync = next(event for event in wire.data_frames(wire.head()) if event["type"] == "stream.resync")
        assert resync["snapshot"] == "/team/api/boards/main/snapshot"
    page = Api(public.url).get(f"{before}/")
    assert ok(page).headers["content-type"].startswith("text/html")
    assert not re.search(r'(src|href)="/', page.text), "the page finds its files from where it is"
    assert api.get("/teams/api/tasks").status_code == 404
    for path, location in (("/team", "/team/"), ("/team?board=main", "/team/?board=main")):
        answer = Api(public.url).get(path)
        assert (answer.status_code, answer.headers["location"]) == (308, location), "there the page finds its files"


def test_a_trusted_proxys_prefix_stands_before_ours(team_behind, team):
    fields = {"X-Forwarded-Prefix": "/boards"}
    assert ok(team_behind.api().post("/api/tasks", {"name": "a"}, headers=fields), 201).headers["location"].startswith("/boards/api/")
    assert ok(team.api().post("/api/tasks", {"name": "a"}, headers=fields), 201).headers["location"].startswith("/api/")


@pytest.mark.parametrize("prefix", ["//evil.example", "https://evil.example", "boards", "/a/../b", "/a b", "/a?b", "/a;b", "/<x>",
                                    "/" + "a" * 300])
def test_a_prefix_that_could_lead_elsewhere_is_none(team_behind, prefix):
    answer = team_behind.api().post("/api/tasks", {"name": "a"}, headers={"X-Forwarded-Prefix": prefix})
    assert ok(answer, 201).headers["location"].startswith("/api/tasks/")


def is_secure(server, sent):
    with Wire(server) as wire:
        wire.send(sent)
        answer = wire.response()
        assert answer.status == 204
        return answer.header("Set-Cookie").endswith("; Secure")


def test_the_cookie_is_secure_where_the_client_speaks_tls(team_behind, team, public):
    sent = request_of("F5-10", token=team_behind.token())
    assert is_secure(team_behind.server, sent)
    assert is_secure(team_behind.server, sent.replace(b"X-Forwarded-Proto: https", b"Forwarded: proto=https"))
    assert not is_secure(team_behind.server, sent.replace(b"https", b"http"))
    assert not is_secure(team_behind.server, sent.replace(b"https", b"gopher"))
    assert not is_secure(team.server, request_of("F5-10", token=team.token())), "this server trusts nobody"
    assert is_secure(public, sent.replace(b"X-Forwarded-Proto: https", b"X-A: b"))


# Addresses


def bad_tokens(server, forwarded, count, field="X-Forwarded-For"):
    api = Api(server.url, "a.b.c")
    return [api.get("/api/tasks", headers={field: forwarded(number)}).status_code for number in range(count)]


@pytest.fixture
def limited(start_server):
    """Trusts this machine, and takes five bad tokens of an address."""
    return start_server({**TRUSTED, "BOARDCAST_LIMITS_AUTH_FAILURES_PER_SECOND": "1",
                         "BOARDCAST_LIMITS_AUTH_FAILURE_BURST": "5"})


def test_addresses_with_ports_and_brackets_are_clients_of_their_own(limited):
    with Wire(limited) as wire:
        for number in range(20):
            wire.send(request_of("F5-09", host=wire.host, n=str(number)))
            assert wire.response().status == 401
    for field, form in (("X-Forwarded-For", "[2001:db8:{}::1]:443"), ("X-Forwarded-For", "[2001:db8:{}::2]"),
                        ("Forwarded", 'for="203.0.113.{}:80"'), ("Forwarded", 'for="[2001:db8:{}::3]:80"')):
        assert bad_tokens(limited, lambda number: form.format(number + 100), 8, field)[-1] == 401, form


def test_one_client_is_one_whatever_its_port(limited):
    assert bad_tokens(limited, lambda number: f"203.0.113.7:{4711 + number}", 7)[-1] == 429
    assert bad_tokens(limited, lambda number: "203.0.113.8", 1) == [401]


@pytest.mark.parametrize("form", ["unknown", "203.0.113.{}:99999", "203.0.113.{}:", "203.0.113.{}:x", "[203.0.113.{}]",
                                  "2001:db8::{}]:443", "203.0.113.{}:80:80"])
def test_what_is_no_address_is_not_a_client_of_its_own(limited, form):
    assert bad_tokens(limited, lambda number: form.format(number), 8)[-1] == 429


def test_a_client_can_not_take_another_address_by_the_field_that_its_proxy_does_not_write(limited):
    api = Api(limited.url, "a.b.c")
    statuses = [api.get("/api/tasks", headers={"X-Forwarded-For": "203.0.113.7", "Forwarded": f"for=198.51.100.{number}"})
                .status_code for number in range(8)]
    assert statuses[-1] == 429


def test_who_is_not_trusted_can_not_name_another(start_server):
    server = start_server({"BOARDCAST_LIMITS_AUTH_FAILURES_PER_SECOND": "1", "BOARDCAST_LIMITS_AUTH_FAILURE_BURST": "5"})
    for field, form in (("X-Forwarded-For", "203.0.113.{}:80"), ("Forwarded", "for=203.0.113.{}")):
        assert bad_tokens(server, lambda number: form.format(number), 8, field)[-1] == 429


# The PROXY protocol


@pytest.fixture(scope="module")
def announced(start_for_module):
    return start_for_module({**TRUSTED, "BOARDCAST_HTTP_PROXY_PROTOCOL": "true",
                             "BOARDCAST_LIMITS_AUTH_FAILURES_PER_SECOND": "1", "BOARDCAST_LIMITS_AUTH_FAILURE_BURST": "5"})


SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


def second(command=0x21, family=0x11, addresses=None, more=b""):
    """A header of version 2."""
    if addresses is None:
        addresses = socket.inet_aton("203.0.113.7") + socket.inet_aton("10.0.0.2") + struct.pack("!HH", 41234, 8788)
    return SIGNATURE + struct.pack("!BBH", command, family, len(addresses) + len(more)) + addresses + more


V6 = socket.inet_pton(socket.AF_INET6, "2001:db8::1") + socket.inet_pton(socket.AF_INET6, "::1") + struct.pack("!HH", 1, 2)
GOOD = {
    "TCP4": b"PROXY TCP4 203.0.113.7 10.0.0.2 41234 8788\r\n",
    "TCP6": b"PROXY TCP6 2001:db8::1 ::1 1 65535\r\n",
    "unknown": b"PROXY UNKNOWN\r\n",
    "unknown, with addresses": b"PROXY UNKNOWN ffff::1 ::1 1 2\r\n",
    "version 2, IPv4": second(),
    "version 2, IPv6": second(family=0x21, addresses=V6),
    "version 2, with more": second(more=b"\x03\x00\x04abcd" + b"\x04" + struct.pack("!H", 900) + b"x" * 900),
    "version 2, the proxy itself": second(command=0x20, family=0, addresses=b""),
    "version 2, unspecified": second(family=0, addresses=b""),
    "version 2, a local socket": second(family=0x31, addresses=b"\0" * 216),
}
BAD = {
    "none": b"",
    "small letters": b"proxy TCP4 203.0.113.7 10.0.0.2 41234 8788\r\n",
    "no end": b"PROXY TCP4 203.0.113.7 10.0.0.2 41234 8788\n",
    "two spaces": b"PROXY  TCP4 203.0.113.7 10.0.0.2 41234 8788\r\n",
    "a name": b"PROXY TCP4 localhost 10.0.0.2 41234 8788\r\n",
    "the other family": b"PROXY TCP4 2001:db8::1 ::1 1 2\r\n",
    "a port too high": b"PROXY TCP4 203.0.113.7 10.0.0.2 65536 8788\r\n",
    "a port with a zero": b"PROXY TCP4 203.0.113.7 10.0.0.2 041234 8788\r\n",
    "a port too few": b"PROXY TCP4 203.0.113.7 10.0.0.2 41234\r\n",
    "UDP": b"PROXY UDP4 203.0.113.7 10.0.0.2 41234 8788\r\n",
    "a line too long": b"PROXY UNKNOWN " + b"x" * 120 + b"\r\n",
    "version 2, another version": second(command=0x11),
    "version 2, another command": second(command=0x22),
    "version 2, datagrams": second(family=0x12),
    "version 2, too short": second(addresses=b"\0" * 8),
    "version 2, too long": SIGNATURE + struct.pack("!BBH", 0x21, 0x11, 65535),
    "a signature that is none": SIGNATURE[:-1] + b"X" + second()[12:],
}
REQUEST = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize("kind", GOOD)
@pytest.mark.parametrize("size", [None, 7], ids=["at once", "in pieces"])
def test_a_proxy_header_is_taken(announced, kind, size):
    with Wire(announced) as wire:
        sent = GOOD[kind] + REQUEST
        wire.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for start in range(0, len(sent), size or len(sent)):
            wire.send(sent[start:start + (size or len(sent))])
        assert wire.response().status == 200
        wire.send(REQUEST)
        assert wire.response().status == 200, "one header for the whole connection"


@pytest.mark.parametrize("kind", BAD)
def test_a_connection_without_a_right_header_is_closed_without_a_word(announced, kind):
    with Wire(announced) as wire:
        wire.send(BAD[kind] + REQUEST)
        assert wire.ended()


def test_the_case_and_streams_behind_a_proxy_header(announced, make_team):
    team = make_team(announced)
    with Wire(announced) as wire:
        wire.send(request_of("F5-08", host=wire.host))
        assert wire.response().status == 200
    for path in ("/sse/connect", "/api/tasks/stream"):
        with Wire(announced) as wire:
            wire.send(GOOD["version 2, IPv4"])
            wire.request("GET", path, team.token())
            assert next(wire.data_frames(wire.head()))["type"] in ("connection.established", "connected")
    with Wire(announced) as wire:
        wire.send(GOOD["TCP4"])
        wire.request("GET", "/ws/connect", team.token(), HANDSHAKE)
        assert wire.head().status == 101


@pytest.mark.parametrize("path", ["/api/tasks", "/sse/connect"])
def test_the_client_is_who_the_header_names(start_server, path):
    server = start_server({**TRUSTED, "BOARDCAST_HTTP_PROXY_PROTOCOL": "true",
                           "BOARDCAST_LIMITS_AUTH_FAILURES_PER_SECOND": "1", "BOARDCAST_LIMITS_AUTH_FAILURE_BURST": "5"})

    def status(client, *fields):
        with Wire(server) as wire:
            wire.send(f"PROXY TCP4 {client} 10.0.0.2 1 2\r\n".encode())
            wire.request("GET", path, "a.b.c", fields)
            return wire.response().status

    assert [status(f"203.0.113.{number}") for number in range(8)] == [401] * 8
    same = [status("198.51.100.7", ("X-Forwarded-For", f"192.0.2.{number}")) for number in range(8)]
    assert same[-1] == 429, "the client is no trusted proxy, whatever it says"
    through = [status("10.9.9.9", ("X-Forwarded-For", f"192.0.2.{number}")) for number in range(8)]
    assert through == [401] * 8, "another trusted proxy is"


def test_without_the_setting_a_proxy_header_is_no_http(team):
    with Wire(team.server) as wire:
        wire.send(request_of("F5-08", host=wire.host))
        assert wire.response().status == 400


def test_who_is_no_trusted_proxy_speaks_http_and_names_nobody(start_server):
    server = start_server({"BOARDCAST_HTTP_TRUSTED_PROXIES": "10.0.0.0/8", "BOARDCAST_HTTP_PROXY_PROTOCOL": "true"})
    with Wire(server) as wire:
        wire.send(REQUEST)
        assert wire.response().status == 200
    with Wire(server) as wire:
        wire.send(GOOD["TCP4"] + REQUEST)
        assert wire.response().status == 400


@pytest.mark.parametrize("settings", [
    {"BOARDCAST_HTTP_PROXY_PROTOCOL": "true"},
    {"BOARDCAST_HTTP_PROXY_PROTOCOL": "yes", **TRUSTED},
    {"BOARDCAST_HTTP_PUBLIC_URL": "boards.example.com"},
    {"BOARDCAST_HTTP_PUBLIC_URL": "https://boards.example.com/api"},
    {"BOARDCAST_HTTP_PUBLIC_URL": "https://boards.example.com/a?b"},
    {"BOARDCAST_HTTP_PUBLIC_URL": "https://user@boards.example.com"},
    {"BOARDCAST_HTTP_PUBLIC_URI": "https://boards.example.com"},
])
def test_settings_that_can_not_be_meant_stop_the_start(start_server, settings):
    with pytest.raises(StartFailed):
        start_server(settings)


# Health checks


def test_a_health_check_by_options_is_answered(team):
    with Wire(team.server) as wire:
        wire.send(request_of("F5-07"))
        answer = wire.head()
        assert answer.status == 204 and answer.header("Allow") == "GET, HEAD"
        assert wire.ended()
    for target, allow in (("*", "GET, HEAD"), ("/healthz", "GET, HEAD"), ("/sse/connect", "GET, QUERY"), ("/api/tasks/1", None)):
        with Wire(team.server) as wire:
            wire.request("OPTIONS", target)
            answer = wire.response()
            assert answer.status == 204 and (allow is None or answer.header("Allow") == allow)
    problem(Api(team.server.url).http.options("/nothing"), 404)


# Entity tags


@pytest.fixture
def tagged(team):
    api = team.api("ann")
    task = api.create_task("a")
    return api, task["id"], api.get(f"/api/tasks/{task['id']}").headers["etag"]


def test_a_weak_tag_names_the_version(team, tagged):
    api, task, tag = tagged
    with Wire(team.server) as wire:
        sent = request_of("F5-04", host=wire.host, token=api.token, etag=tag)
        wire.send(sent)
        assert wire.response().status == 200
        wire.send(sent)
        assert wire.response().status == 412, "the version has changed"
        tag = team.admin().get("/api/boards/main").headers["etag"]
        sent = request_of("F5-04k", host=wire.host, admin=team.token("root", role="admin"), board_etag=tag)
        wire.send(sent)
        assert wire.response().status == 200
        wire.send(sent)
        assert wire.response().status == 412


@pytest.mark.parametrize("suffix", ["-gzip", "-br", "-zstd"])
def test_a_tag_with_the_coding_of_a_proxy_names_the_version(team, tagged, suffix):
    api, task, tag = tagged
    changed = f'{tag[:-1]}{suffix}"'
    assert api.get(f"/api/tasks/{task}", headers={"If-None-Match": changed}).status_code == 304
    with Wire(team.server) as wire:
        sent = request_of("F5-05", host=wire.host, token=api.token, etag_gzip=changed)
        wire.send(sent)
        assert wire.response().status == 200
        wire.send(sent)
        assert wire.response().status == 412
    assert api.get(f"/api/tasks/{task}", headers={"If-None-Match": changed}).status_code == 200


@pytest.mark.parametrize("tags, status", [
    ('"x", TAG', 200), ('TAG, "9-00000001"', 200), ('"x",,W/TAG ,', 200), ('"1", "7"', 200), ("*", 200),
    ('"x", "y"', 412), ('"2", "3"', 412), ('"1-00000001", "2"', 412), ("*, TAG", 400), ("", 400), (",", 400),
])
def test_a_list_of_tags_names_each_of_them(team, tagged, tags, status):
    api, task, tag = tagged
    headers = {"If-Match": tags.replace("TAG", tag)}
    assert api.patch(f"/api/tasks/{task}", {"priority": "low"}, headers=headers).status_code == status
