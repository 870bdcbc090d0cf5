"""What is no HTTP, or could be read in two ways (RFC 9112 §2.2, §3, §5, §6, §7, §11.2)."""

import re

import pytest

from rest import Api, ok
from scale import count
from wire import Wire

HEAD = b"Host: x\r\nAuthorization: Bearer TOKEN\r\n"
GET = b"GET /api/tasks HTTP/1.1\r\n" + HEAD
POST = b"POST /api/tasks HTTP/1.1\r\n" + HEAD + b"Content-Type: application/json\r\n"
BODY = b'{"name":"x"}'
CHUNKS = b"c\r\n" + BODY + b"\r\n0\r\n\r\n"
LENGTH = b"Content-Length: 12\r\n"
CODING = b"Transfer-Encoding: chunked\r\n"


def line(text):
    return text + b"\r\n" + HEAD + b"\r\n"


def coding(value):
    return POST + b"Transfer-Encoding:" + value + b"\r\n\r\n" + CHUNKS


def length(value):
    return POST + b"Content-Length:" + value + b"\r\n\r\n" + BODY


def chunks(body):
    return POST + CODING + b"\r\n" + body


def header(text):
    return GET + text + b"\r\n\r\n"


MALFORMED = {
    # Lengths and codings: the ways to smuggle.
    "coding and length": POST + CODING + LENGTH + b"\r\n" + CHUNKS,
    "length and coding": POST + LENGTH + CODING + b"\r\n" + CHUNKS,
    "coding and length of a body that is held back": POST + CODING + LENGTH + b"Expect: 100-continue\r\n\r\n" + CHUNKS,
    "coding and length on the last request": POST + CODING + LENGTH + b"Connection: close\r\n\r\n" + CHUNKS,
    "coding and length after an absolute target": (POST + CODING + LENGTH).replace(b" /", b" http://x/") + b"\r\n" + CHUNKS,
    "coding in HTTP/1.0": coding(b" chunked").replace(b"HTTP/1.1", b"HTTP/1.0"),
    "coding xchunked": coding(b" xchunked"),
    "coding identity": coding(b" identity"),
    "coding gzip": coding(b" gzip"),
    "coding gzip, chunked": coding(b" gzip, chunked"),
    "coding chunked, gzip": coding(b" chunked, gzip"),
    "coding chunked, chunked": coding(b" chunked, chunked"),
    "coding chunked twice": POST + CODING + CODING + b"\r\n" + CHUNKS,
    "coding chunked, then another": POST + CODING + b"Transfer-Encoding: cow\r\n\r\n" + CHUNKS,
    "coding after a vertical tab": coding(b" \x0bchunked"),
    "coding in quotes": coding(b' "chunked"'),
    "coding with a parameter": coding(b" chunked;q=1"),
    "coding on a folded line": coding(b"\r\n chunked"),
    "coding, a space before its colon": POST + b"Transfer-Encoding : chunked\r\n\r\n" + CHUNKS,
    "two equal lengths": POST + LENGTH + LENGTH + b"\r\n" + BODY,
    "two lengths": POST + LENGTH + b"Content-Length: 13\r\n\r\n" + BODY,
    "a list of equal lengths": length(b" 12, 12"),
    "a list of lengths": length(b" 12, 13"),
    "length +12": length(b" +12"),
    "length -12": length(b" -12"),
    "length 0xc": length(b" 0xc"),
    "length 1 2": length(b" 1 2"),
    "length 12.0": length(b" 12.0"),
    "length 12 and a vertical tab": length(b" 12\x0b"),
    "length of nothing": length(b""),
    "length 2^64 + 12": length(b" 18446744073709551628"),
    "length 2^63": length(b" 9223372036854775808"),
    # Chunks.
    "chunk size ended by a bare LF": chunks(b"c\n" + BODY + b"\r\n0\r\n\r\n"),
    "chunk extension ended by a bare LF": chunks(b"c;a\n" + BODY + b"\r\n0\r\n\r\n"),
    "chunk extension with a bare CR": chunks(b"c;\rx\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "chunk data ended by a bare LF": chunks(b"c\r\n" + BODY + b"\n0\r\n\r\n"),
    "chunk data longer than its size": chunks(b"c\r\n" + BODY + b"XX0\r\n\r\n"),
    "chunk size -1": chunks(b"-1\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "chunk size +c": chunks(b"+" + CHUNKS),
    "chunk size 0xc": chunks(b"0x" + CHUNKS),
    "chunk size behind a space": chunks(b" " + CHUNKS),
    "chunk size before a space": chunks(b"c \r\n" + BODY + b"\r\n0\r\n\r\n"),
    "chunk size of nothing": chunks(b"\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "chunk size over 64 bits": chunks(b"ffffffffffffffff" + CHUNKS),
    "trailer with a space in its name": chunks(b"c\r\n" + BODY + b"\r\n0\r\nX Y: z\r\n\r\n"),
    "trailer without a colon": chunks(b"c\r\n" + BODY + b"\r\n0\r\nXY\r\n\r\n"),
    # Header fields.
    "a folded field": header(b"X-A: b\r\n c"),
    "a space before the first field": b"GET /api/tasks HTTP/1.1\r\n " + HEAD + b"\r\n",
    "a field without a name": header(b": x"),
    "a space in a name": header(b"X Y: x"),
    "a tab before the colon": header(b"X-Y\t: x"),
    "a control in a name": header(b"X\x01: x"),
    "brackets in a name": header(b"X(Y): x"),
    "UTF-8 in a name": header("é: x".encode()),
    "a bare CR in a value": header(b"X: a\rb"),
    "a CR before the line's end": header(b"X: a\r"),
    "NUL in a value": header(b"X: a\0b"),
    "no host": b"GET /api/tasks HTTP/1.1\r\nAuthorization: Bearer TOKEN\r\n\r\n",
    "two hosts": header(b"Host: y"),
    "two hosts and a third in the target": header(b"Host: y").replace(b" /", b" http://x/"),
    "an absolute target of nobody": line(b"GET http:///api/tasks HTTP/1.1"),
    "an absolute target with a user": line(b"GET http://u@x/api/tasks HTTP/1.1"),
    "a host that is none": GET.replace(b"Host: x", b"Host: x y") + b"\r\n",
    # Request lines.
    "lines ended by bare CR": GET.replace(b"\r\n", b"\r") + b"\r",
    "a space in the target": line(b"GET /api/ta sks HTTP/1.1"),
    "tabs between": line(b"GET\t/api/tasks\tHTTP/1.1"),
    "a space behind the version": line(b"GET /api/tasks HTTP/1.1 "),
    "a space before the method": line(b" GET /api/tasks HTTP/1.1"),
    "http in small letters": line(b"GET /api/tasks http/1.1"),
    "version 1.10": line(b"GET /api/tasks HTTP/1.10"),
    "version 0.9": line(b"GET /api/tasks HTTP/0.9"),
    "version 2.0": line(b"GET /api/tasks HTTP/2.0"),
    "version 1": line(b"GET /api/tasks HTTP/1"),
    "no version": line(b"GET /api/tasks"),
    "a method in small letters": line(b"get /api/tasks HTTP/1.1"),
    "a method that is no token": line(b"G@T /api/tasks HTTP/1.1"),
    "a target without a slash": line(b"GET api/tasks HTTP/1.1"),
    "NUL in the target": line(b"GET /\0 HTTP/1.1"),
    "ESC in the target": line(b"GET /\x1b HTTP/1.1"),
    "UTF-8 in the target": line("GET /é HTTP/1.1".encode()),
    "a target of 70 000 bytes": line(b"GET /" + b"a" * 70_000 + b" HTTP/1.1"),
    "a method of 70 000 bytes": line(b"G" * 70_000 + b" / HTTP/1.1"),
    "a response": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "a TLS hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 32 + b"\r\n\r\n",
    "an HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "zeros": b"\0" * 4096,
}


def answers_to(server, sent):
    """The statuses answered until the server ends the connection, or has answered twice."""
    with Wire(server) as wire:
        wire.send_until_answered(sent)
        received = b""
        try:
            while len(found := re.findall(rb"^HTTP/1\.\d (\d{3})", received, re.M)) < 2:
                if not (data := wire.socket.recv(65536)):
                    break
                received += data
        except ConnectionResetError:
            pass
        return [int(status) for status in found]


@pytest.mark.parametrize("case", MALFORMED)
def test_what_is_malformed_is_refused_once_and_the_connection_ended(team, case):
    """What stands behind it, a whole request, must be taken for neither a body nor a second request."""
    api = team.api("ann")
    behind = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    statuses = answers_to(team.server, MALFORMED[case].replace(b"TOKEN", api.token.encode()) + behind)
    assert len(statuses) <= 1 and all(400 <= status < 600 for status in statuses), statuses
    ok(Api(team.server.url).get("/healthz"))
    assert api.tasks() == []
    count(malformed_requests=1, acted_on=0)


@pytest.mark.parametrize("offered", ["h2c", "TLS/1.2", "something/1"])
def test_an_upgrade_that_is_not_made_leaves_the_connection_usable(team, offered):
    """RFC 9110 §7.8: a server may ignore the offer; curl makes it with each `--http2`."""
    with Wire(team.server) as wire:
        wire.socket.settimeout(15)
        fields = [("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", offered), ("HTTP2-Settings", "AAMAAABk")]
        for _ in range(2):
            wire.request("GET", "/api/boards", team.token(), fields)
            assert wire.response().status == 200
