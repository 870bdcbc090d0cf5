"""A stream read by httpx-sse, and a strict parser for a second opinion."""

import codecs
import json
import re
import socket
import threading
from dataclasses import dataclass, field

import httpx
from httpx_sse import EventSource

import described
from listener import Listener, Received
from waiting import DEADLINE

CURSOR = re.compile(r"^(?P<seq>[1-9]\d*|0)-(?P<epoch>[A-Za-z0-9._~-]+)$")
_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass
class Frame:
    """What stood between two blank lines: fields in their order, and comments."""

    fields: list = field(default_factory=list)
    comments: list = field(default_factory=list)

    def get(self, name):
        values = [value for key, value in self.fields if key == name]
        return "\n".join(values) if values else None

    @property
    def id(self):
        return self.get("id")

    @property
    def json(self):
        data = self.get("data")
        return None if data is None else json.loads(data)


def parse(raw):
    """Every complete frame in `raw`, by HTML §9.2.6 and nothing more lenient: bad UTF-8 is an error."""
    text = codecs.getincrementaldecoder("utf-8")("strict").decode(bytes(raw))
    lines = _LINE_END.split(text)
    frames, frame = [], Frame()
    for line in lines[:-1]:
        if line == "":
            if frame.fields or frame.comments:
                frames.append(frame)
            frame = Frame()
        elif line.startswith(":"):
            frame.comments.append(line[1:])
        else:
            name, _, value = line.partition(":")
            frame.fields.append((name, value[1:] if value.startswith(" ") else value))
    return frames


def seq_of(cursor):
    """The number inside a cursor. Clients must not look; a test of the numbers must."""
    match = CURSOR.match(cursor or "")
    assert match, f"not a cursor of the form SEQ-EPOCH: {cursor!r}"
    return int(match["seq"])


class Refused(AssertionError):
    """The server answered a stream request with something that is not a stream."""

    def __init__(self, response):
        super().__init__(f"{response.status_code}: {response.text[:500]}")
        self.response = response


def refused(url, token=None, **options):
    """The answer to the request for a stream, which must not be one."""
    try:
        Stream(url, token, **options).close()
    except Refused as refusal:
        return refusal.response
    raise AssertionError("the stream was opened")


class _Recorded:
    """What httpx-sse reads from: the response's text, its bytes kept for the strict parser."""

    def __init__(self, response, raw):
        self.headers, self._response, self._raw = response.headers, response, raw

    def iter_text(self):
        decoder = codecs.getincrementaldecoder("utf-8")("strict")
        for chunk in self._response.iter_bytes():
            self._raw.extend(chunk)
            yield decoder.decode(chunk)


class Stream(Listener):
    """One open stream, read by a thread of its own. Events arrive in `events`, in their order.

    When it is closed, what it has sent is held against the API's description.
    """

    def __init__(self, url, token=None, last_event_id=None, params=None, headers=None, http2=False):
        super().__init__()
        self.raw = bytearray()
        headers = dict(headers or {})
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if last_event_id is not None:
            headers["Last-Event-ID"] = last_event_id
        headers.setdefault("Accept", "text/event-stream")
        self._client = httpx.Client(timeout=httpx.Timeout(DEADLINE, read=None), http2=http2)
        try:
            request = self._client.build_request("GET", url, params=params, headers=headers)
            self.response = self._client.send(request, stream=True)
            if self.response.status_code != 200:
                self.response.read()
                raise Refused(self.response)
        except BaseException:
            self._client.close()
            raise
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        error = None
        try:
            for sse in EventSource(_Recorded(self.response, self.raw)).iter_sse():
                # httpx-sse also reports what a browser would not dispatch: frames without data.
                if sse.data:
                    self._heard(Received(sse.id, sse.event, json.loads(sse.data)))
        except (httpx.TransportError, httpx.StreamError, OSError, ValueError) as failure:
            error = failure
        finally:
            self._ended(error)

    def close(self):
        if not self.closed:
            # Closing a socket does not wake a thread that reads from it; shutting it down does.
            try:
                self.response.extensions["network_stream"].get_extra_info("socket").shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self._thread.join(DEADLINE)
        self.response.close()
        self._client.close()
        path = self.response.request.url.path
        for part in described.ends(self.raw):
            for frame in parse(part):
                assert described.streams().errors(path, frame) == []

    def frames(self):
        """Every frame so far, by the strict parser."""
        return parse(self.raw)
