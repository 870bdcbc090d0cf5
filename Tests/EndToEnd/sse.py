"""A stream read by httpx-sse, and a strict parser for a second opinion."""

import codecs
import json
import re
import socket
import threading
import time
from dataclasses import dataclass, field

import httpx
from httpx_sse import EventSource

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


@dataclass
class Received:
    """One event as httpx-sse gave it: `id` is the last one seen, as in a browser."""

    id: str
    event: str
    data: dict

    def __getitem__(self, name):
        return self.data[name]

    @property
    def type(self):
        return self.data.get("type")

    @property
    def seq(self):
        return self.data.get("seq")


class Refused(AssertionError):
    """The server answered a stream request with something that is not a stream."""

    def __init__(self, response):
        super().__init__(f"{response.status_code}: {response.text[:500]}")
        self.response = response


class _Recorded:
    """What httpx-sse reads from: the response's text, its bytes kept for the strict parser."""

    def __init__(self, response, raw):
        self.headers, self._response, self._raw = response.headers, response, raw

    def iter_text(self):
        decoder = codecs.getincrementaldecoder("utf-8")("strict")
        for chunk in self._response.iter_bytes():
            self._raw.extend(chunk)
            yield decoder.decode(chunk)


class Stream:
    """One open stream, read by a thread of its own. Events arrive in `events`, in their order."""

    def __init__(self, url, token=None, last_event_id=None, params=None, headers=None):
        self.events, self.raw = [], bytearray()
        self.closed = False
        self.error = None
        self._changed = threading.Condition()
        headers = dict(headers or {})
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if last_event_id is not None:
            headers["Last-Event-ID"] = last_event_id
        headers.setdefault("Accept", "text/event-stream")
        self._client = httpx.Client(timeout=httpx.Timeout(DEADLINE, read=None))
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
        try:
            for sse in EventSource(_Recorded(self.response, self.raw)).iter_sse():
                # httpx-sse also reports what a browser would not dispatch: frames without data.
                if sse.data:
                    with self._changed:
                        self.events.append(Received(sse.id, sse.event, json.loads(sse.data)))
                        self._changed.notify_all()
        except (httpx.TransportError, httpx.StreamError, OSError, ValueError) as error:
            self.error = error
        finally:
            with self._changed:
                self.closed = True
                self._changed.notify_all()

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

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _wait(self, condition, what):
        end = time.monotonic() + DEADLINE
        with self._changed:
            while True:
                value = condition()
                if value:
                    return value
                left = end - time.monotonic()
                if self.closed or left <= 0:
                    state = f"the stream ended ({self.error})" if self.closed else "the deadline passed"
                    last = [f"{event.type} {event.seq or ''}".strip() for event in self.events[-5:]]
                    raise AssertionError(f"{state} before {what}; {len(self.events)} events, the last: {last}")
                self._changed.wait(left)

    def wait_for(self, predicate, what="the event expected"):
        """The first event, past or to come, that satisfies `predicate`."""
        return self._wait(lambda: next((event for event in self.events if predicate(event)), None), what)

    def wait_for_type(self, type):
        return self.wait_for(lambda event: event.type == type, type)

    def wait_for_seq(self, seq):
        """The event numbered `seq`: by the time it is here, all before it are."""
        return self.wait_for(lambda event: event.seq == seq, f"event {seq}")

    def wait_for_end(self):
        """Waits until the server has ended the stream, and returns the error if the end was not a clean one."""
        end = time.monotonic() + DEADLINE
        with self._changed:
            while not self.closed:
                left = end - time.monotonic()
                assert left > 0, "the server never ended the stream"
                self._changed.wait(left)
        return self.error

    @property
    def established(self):
        return self.wait_for_type("connection.established")

    def durable(self):
        """The numbered events so far."""
        with self._changed:
            return [event for event in self.events if event.seq is not None]

    def types(self):
        with self._changed:
            return [event.type for event in self.events]

    def frames(self):
        """Every frame so far, by the strict parser."""
        return parse(self.raw)
