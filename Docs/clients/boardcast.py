"""A client of Boardcast in one file, for Python 3.10 and later, with nothing but the standard library. Copy it.

    from boardcast import Boardcast

    client = Boardcast("https://boards.example.com", token)
    client.create_task("Hello, board")
    for event in client.events(boards=["main"]):
        print(event.type, event.seq)

and the same with asyncio:

    client = AsyncBoardcast("https://boards.example.com", token)
    await client.create_task("Hello, board")
    async for event in client.events(boards=["main"]):
        print(event.type, event.seq)

`token` is a text, or a function that returns one; with asyncio it may be a coroutine function. A function is asked again
before the token ends and when the gateway refuses it, so that streams go on.

A stream reconnects by itself and continues where it was: each event comes once, in order, as long as the gateway's log has
it; where that is not so, a `Resync` says that the state has to be loaded again. Keep `event.cursor` to continue after a
restart of your program. It takes silence for a lost connection, waits longer after each failure with some chance in it, and
comes back when the gateway says so.
"""

from __future__ import annotations

import asyncio
import base64
import http.client
import inspect
import json
import random
import socket
import ssl
import threading
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

__all__ = [
    "AsyncBoardcast", "AsyncStream", "Boardcast", "BoardcastError", "BoardEvent", "Event", "JobEvent", "PresenceEvent",
    "Resync", "Stream", "TaskEvent", "TypingEvent",
]

#: Seconds: the longest pause between attempts, the longest wait for an answer, and that before a token's end in which another
#: is asked for.
LONGEST_PAUSE, PATIENCE, AHEAD = 20.0, 15.0, 30.0
#: Events that wait for a slow reader of an asynchronous stream; beyond it the connection is not read.
MOST_WAITING = 1000


class BoardcastError(Exception):
    """A call that was refused, or a stream that has ended for good. `status` is 0 where there was no answer."""

    def __init__(self, status: int, code: str, detail: str, problem: dict | None = None, retry_after: float | None = None):
        super().__init__(f"{code}: {detail}")
        self.status, self.code, self.detail = status, code, detail
        #: The whole answer (RFC 9457), with `errors` by field.
        self.problem = problem or {}
        #: Seconds after which to try again; None where the gateway names none.
        self.retry_after = retry_after

    @property
    def is_final(self) -> bool:
        """Whether the same call will be refused again."""
        return self.status in (400, 401, 403, 404)


# EVENTS


@dataclass(frozen=True)
class Event:
    """One event. A type that this file doesn't know is an `Event` too: everything is in `data`."""

    type: str
    #: Where to continue after this event; None for one that is not in the log, such as presence.
    cursor: str | None
    #: The whole event, as the gateway sent it.
    data: dict[str, Any]

    @property
    def seq(self) -> int | None:
        return self.data.get("seq")

    @property
    def board_id(self) -> str | None:
        return self.data.get("boardId")

    @property
    def actor(self) -> str | None:
        return self.data.get("actor")

    @property
    def timestamp(self) -> str | None:
        return self.data.get("timestamp")


class TaskEvent(Event):
    """`task.created`, `task.updated`, `task.status_changed`, `task.deleted`."""

    @property
    def task_id(self) -> int:
        return self.data["taskId"]

    @property
    def task(self) -> dict[str, Any]:
        """The task after the change; a deleted one as it was at last."""
        return self.data["task"]

    @property
    def changes(self) -> dict[str, list]:
        """Of each changed field the old value and the new one."""
        return self.data.get("changes", {})


class BoardEvent(Event):
    """`board.created`, `board.updated`, `board.deleted`."""

    @property
    def board(self) -> dict[str, Any] | None:
        """None when it is deleted, and its tasks with it."""
        return self.data.get("board")


class JobEvent(Event):
    """`job.created`, `job.progress`, `job.completed`, `job.failed`."""

    @property
    def job(self) -> dict[str, Any]:
        return self.data.get("job", {})


class PresenceEvent(Event):
    """`presence.state`, with all `users`, and `presence.joined` and `presence.left`, with one of them."""

    @property
    def users(self) -> list[str]:
        return self.data.get("users") or [self.data["userId"]]


class TypingEvent(Event):
    """`typing`: who types, or has stopped, in which task."""

    @property
    def user_id(self) -> str:
        return self.data["userId"]

    @property
    def is_typing(self) -> bool:
        return self.data["typing"]


class Resync(Event):
    """The log does not reach back to the cursor: load the state again; what comes next follows `cursor`."""

    @property
    def reason(self) -> str:
        return self.data["reason"]

    @property
    def snapshot(self) -> str | None:
        """The path of the state."""
        return self.data.get("snapshot")


_FAMILIES = {"task": TaskEvent, "board": BoardEvent, "job": JobEvent, "presence": PresenceEvent}
_TYPES = {"typing": TypingEvent, "stream.resync": Resync}


def _event(data: dict[str, Any], cursor: str | None) -> Event:
    kind = _TYPES.get(data["type"]) or _FAMILIES.get(data["type"].partition(".")[0], Event)
    return kind(data["type"], cursor, data)


class _Parser:
    """Lines of an event stream, as HTML §9.2.6 reads them. `feed` returns `(id, data)` where a line completes an event."""

    def __init__(self) -> None:
        self.id, self.retry, self._data = "", None, []

    def feed(self, line: str) -> tuple[str, str] | None:
        if not line:
            data, self._data = self._data, []
            return (self.id, "\n".join(data)) if data else None
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "id" and "\0" not in value:
            self.id = value
        elif name == "retry" and value.isascii() and value.isdigit():
            self.retry = int(value) / 1000
        return None


# CALLS


class _Tokens:
    """The token, and its source, which is asked again when the token ends or is refused."""

    def __init__(self, source: str | Callable[[], str]):
        self._source, self.current, self._ends, self._lock = source, None, 0.0, threading.Lock()

    def get(self) -> str:
        with self._lock:
            if self.current is None or time.time() > self._ends:
                self._ask()
            return self.current

    def renew(self) -> str:
        with self._lock:
            self._ask()
            return self.current

    def refuse(self, token: str | None) -> None:
        with self._lock:
            if self.current == token:
                self.current = None

    def _ask(self) -> None:
        try:
            token = self._source() if callable(self._source) else self._source
        except BoardcastError:
            raise
        except Exception as error:
            if self.current is not None:  # it may still be good
                return
            raise BoardcastError(0, "token_unavailable", "There is no token for now.") from error
        if not token:
            raise BoardcastError(401, "no_token", "There is no token.")
        # Not for each call when the clock is wrong.
        self.current, self._ends = token, max(_end(token) - AHEAD, time.time() + 10)


def _end(token: str) -> float:
    """The token's `exp`, unverified."""
    try:
        part = token.split(".")[1]
        return float(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))["exp"])
    except Exception:
        return float("inf")


class _Backoff:
    """Full jitter: clients that were cut together shall not come back together."""

    def __init__(self) -> None:
        self.attempts = 0

    def next(self, least: float = 0.0) -> float:
        longest = min(LONGEST_PAUSE, 2.0 ** self.attempts)
        self.attempts = min(self.attempts + 1, 10)
        return max(least, random.uniform(0.5, longest))


class Boardcast:
    """The calls and streams of a gateway. Safe to use from several threads."""

    def __init__(self, url: str, token: str | Callable[[], str], *, context: ssl.SSLContext | None = None):
        """`url` may have a path, where a proxy serves the gateway below one. `context`: for certificates of your own."""
        place = urlsplit(url.rstrip("/"))
        if place.scheme not in ("http", "https") or not place.hostname or place.username or place.query:
            raise ValueError("the URL must be that of a server, such as https://boards.example.com")
        self._place, self._context, self._tokens = place, context, _Tokens(token)

    def events(self, *, boards: list[str] | None = None, types: list[str] | None = None, since: str | None = None,
               state: Callable[[str, str], None] = lambda state, reason: None) -> Stream:
        """The events of these boards and types (`task.*` means all of a family), from now on or after the cursor `since`.

        `state(name, reason)` is called as the connection changes: `connecting`, `live`, `waiting`.
        """
        return Stream(self, boards, types, since, state)

    def request(self, method: str, path: str, body: Any = None, *, idempotency_key: str | None = None,
                if_match: int | str | None = None, headers: dict[str, str] | None = None) -> Any:
        """Calls the API, again when there is no answer, and returns the answer's JSON; None where it has none.

        A write has an `Idempotency-Key`, so that trying again does not do it twice. Raises `BoardcastError`.
        """
        headers = dict(headers or {})
        data = None
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
        if method in ("POST", "PATCH", "DELETE"):
            headers["Idempotency-Key"] = idempotency_key or str(uuid.uuid4())
        if if_match is not None:
            headers["If-Match"] = f'"{if_match}"' if isinstance(if_match, int) else if_match
        backoff = _Backoff()
        for attempt in range(3):
            try:
                connection, answer = self._open(method, path, data, headers, PATIENCE)
                with connection:
                    text = answer.read()
                    return json.loads(text) if text else None
            except BoardcastError as error:
                if error.status != 0 or attempt == 2:
                    raise
            except (OSError, http.client.HTTPException) as error:
                if attempt == 2:
                    raise BoardcastError(0, "network", "The server gave no answer.") from error
            time.sleep(backoff.next())

    # The calls that most programs need; `request` does the others.

    def create_task(self, name: str, **fields: Any) -> dict:
        """`create_task("Hello", boardId="main", priority="high")` → `{"task": …, "seq": …}`"""
        return self.request("POST", "/api/tasks", {"name": name, **fields})

    def update_task(self, id: int, *, if_match: int | str | None = None, **changes: Any) -> dict:
        return self.request("PATCH", f"/api/tasks/{id}", changes, if_match=if_match)

    def move_task(self, id: int, status: str, after: int | None = None) -> dict:
        return self.request("POST", f"/api/tasks/{id}/move", {"status": status, "after": after})

    def delete_task(self, id: int) -> None:
        self.request("DELETE", f"/api/tasks/{id}")

    def snapshot(self, board: str = "main") -> dict:
        """`{"board", "tasks", "cursor"}`: the state, and the cursor after which `events` continues."""
        return self.request("GET", f"/api/boards/{quote(board, safe='')}/snapshot")

    def publish(self, type: str, data: Any = None, **to: Any) -> dict:
        """`publish("deploy.finished", {"build": 7}, boardId="main")`; without `boardId` or `userId` to everybody in the tenant."""
        return self.request("POST", "/api/publish", {"type": type, "data": data, **to})

    def _open(self, method: str, path: str, data: bytes | None, headers: dict[str, str],
              timeout: float) -> tuple[_Connection, http.client.HTTPResponse]:
        """An answer that is no refusal, to be read. Another token is asked for when the first one is refused."""
        if not path.startswith("/"):
            raise ValueError("a path begins with a slash")
        token = self._tokens.get()
        for attempt in range(2):
            connection = _Connection(self._place, self._context, timeout)
            try:
                answer = connection.send(method, path, data, {"Authorization": f"Bearer {token}", **headers})
                if answer.status < 300:
                    return connection, answer
                error = _refusal(answer)
            except BaseException:
                connection.close()
                raise
            connection.close()
            if error.status != 401 or attempt == 1:
                raise error
            self._tokens.refuse(token)
            fresh = self._tokens.get()
            if fresh == token:  # the gateway may be fetching its key
                time.sleep(1)
            token = fresh
        raise AssertionError


class _Connection:
    """One connection for one request."""

    def __init__(self, place: Any, context: ssl.SSLContext | None, timeout: float):
        self._path = place.path
        if place.scheme == "https":
            self._http = http.client.HTTPSConnection(place.hostname, place.port, timeout=timeout, context=context)
        else:
            self._http = http.client.HTTPConnection(place.hostname, place.port, timeout=timeout)

    def send(self, method: str, path: str, data: bytes | None, headers: dict[str, str]) -> http.client.HTTPResponse:
        self._http.connect()
        self.socket = self._http.sock  # which `http.client` lets go of where the answer ends with the connection
        self._http.request(method, self._path + path, data, headers)
        return self._http.getresponse()

    def wait(self, seconds: float) -> None:
        """From now on a read that takes longer fails."""
        self.socket.settimeout(seconds)

    def close(self) -> None:
        try:
            self.socket.shutdown(socket.SHUT_RDWR)  # wakes a thread that reads
        except (AttributeError, OSError):
            pass
        self._http.close()

    def __enter__(self) -> _Connection:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()


def _refusal(answer: http.client.HTTPResponse) -> BoardcastError:
    try:
        problem = json.loads(answer.read(1 << 20))
        fields = [f"{one['pointer'].removeprefix('/')}: {one['detail']}" for one in problem.get("errors", [])]
        detail = " ".join([problem.get("detail", ""), *fields])
    except (ValueError, AttributeError, KeyError, TypeError):
        problem, detail = {}, f"The server answered {answer.status}."
    after = answer.getheader("Retry-After") or ""
    return BoardcastError(answer.status, problem.get("code", "refused"), detail, problem,
                          float(after) if after.isdigit() else None)


# STREAMS

#: Reasons for which a stream ends until there is another token.
_OF_TOKEN = ("token_expired", "revoked", "access_lost")


class _Ended(Exception):
    """A connection is over, and another is to be made."""

    def __init__(self, reason: str, retry_after: float | None = None):
        super().__init__(reason)
        self.reason, self.retry_after = reason, retry_after


class Stream:
    """The events, over any number of connections. Iterate it, in one thread; `close` may be called from another."""

    def __init__(self, client: Boardcast, boards: list[str] | None, types: list[str] | None, since: str | None,
                 state: Callable[[str, str], None]):
        query = [("board", board) for board in boards or []] + ([("types", ",".join(types))] if types else [])
        self._path = "/sse/connect" + (f"?{urlencode(query)}" if query else "")
        self._client, self._state = client, state
        #: Where it is: the place after the last event that was given.
        self.cursor = since
        self._newest = 0
        self._closed = threading.Event()
        self._connection: _Connection | None = None
        self._backoff, self._least = _Backoff(), 0.0
        self._id, self._token, self._renew_at = None, None, float("inf")

    def close(self) -> None:
        """Ends the iteration."""
        self._closed.set()
        if self._connection:
            self._connection.close()

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __iter__(self) -> Iterator[Event]:
        """Raises `BoardcastError` when the stream can't go on: no good token, no such board, cut off by an admin."""
        while not self._closed.is_set():
            self._state("connecting", "")
            try:
                yield from self._read()
                raise _Ended("ended")
            except _Ended as ended:
                reason, after = ended.reason, ended.retry_after
            except TimeoutError:
                reason, after = "silence", None
            except BoardcastError as error:
                if error.is_final:
                    raise
                # A header names the same time for all.
                reason = error.code
                after = error.retry_after and error.retry_after * random.uniform(1, 1.2)
            except (OSError, http.client.HTTPException, ValueError):
                reason, after = "network", None
            finally:
                if self._connection:
                    self._connection.close()
            if not self._closed.is_set():
                self._state("waiting", reason)
                self._closed.wait(self._backoff.next(self._least) if after is None else after)

    def _read(self) -> Iterator[Event]:
        headers = {"Accept": "text/event-stream"}
        if self.cursor is not None:
            headers["Last-Event-ID"] = self.cursor
        self._id, self._renew_at = None, float("inf")
        self._connection, answer = self._client._open("GET", self._path, None, headers, PATIENCE)
        if not answer.getheader("Content-Type", "").startswith("text/event-stream"):
            raise _Ended("no_stream")
        parser, began = _Parser(), time.monotonic()
        try:
            for line in _lines(answer):
                found = parser.feed(line)
                self._least = parser.retry or self._least
                if found:
                    yield from self._take(json.loads(found[1]), found[0])
                if time.monotonic() >= self._renew_at:
                    self._renew()
        finally:
            if time.monotonic() - began > 30:
                self._backoff.attempts = 0

    def _take(self, data: dict[str, Any], id: str) -> Iterator[Event]:
        kind = data["type"]
        if kind == "connection.established":
            self._id, self._token = data["connectionId"], self._client._tokens.current
            # A heartbeat comes after so long without anything else.
            self._connection.wait(2.5 * data["heartbeatSeconds"])
            if self.cursor is None:
                self.cursor = data["cursor"]
            self._state("live", "")
        elif kind == "stream.resync":
            self.cursor, self._newest = data["cursor"], 0
            yield _event(data, self.cursor)
        elif kind == "token.expiring":
            self._renew_at = time.monotonic()
        elif kind == "stream.closing":
            self._end(data)
        elif data.get("seq") is None:
            yield _event(data, None)
        elif data["seq"] > self._newest:  # a cursor that is sent twice gives events twice
            yield _event(data, id)
            # After the reader has taken it.
            self.cursor, self._newest = id, data["seq"]

    def _end(self, closing: dict[str, Any]) -> None:
        reason = closing["reason"]
        if closing.get("reconnect") is False:
            if reason not in _OF_TOKEN:
                raise BoardcastError(403, reason, f"The server closed the stream: {reason}.")
            self._client._tokens.refuse(self._token)
        after = closing.get("reconnectAfterMilliseconds")
        raise _Ended(reason, None if after is None else after / 1000)

    def _renew(self) -> None:
        """Hands a fresh token over, so that the stream outlives the old one."""
        self._renew_at = time.monotonic() + 10
        try:
            fresh = self._client._tokens.renew()
            if fresh != self._token and self._id:
                self._client.request("POST", f"/sse/connections/{self._id}/token")
                self._token, self._renew_at = fresh, float("inf")
        except BoardcastError:
            pass  # the stream ends with its token then, and the next has another


def _lines(answer: http.client.HTTPResponse) -> Iterator[str]:
    """Lines as they come, however they end."""
    rest, after_return = b"", False
    while chunk := answer.read1(65_536):
        if after_return and chunk[:1] == b"\n":
            chunk = chunk[1:]
            if not chunk:
                after_return = False
                continue
        after_return = chunk.endswith(b"\r")
        lines = (rest + chunk).replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        rest = lines.pop()
        for line in lines:
            yield line.decode("utf-8", "replace")


# ASYNCIO


class AsyncBoardcast:
    """The same as `Boardcast`, for asyncio. Its calls and each of its streams work in threads of their own."""

    def __init__(self, url: str, token: str | Callable[[], str | Awaitable[str]], *, context: ssl.SSLContext | None = None):
        self._source, self._loop = token, None
        self._plain = Boardcast(url, self._token if callable(token) else token, context=context)

    def events(self, *, boards: list[str] | None = None, types: list[str] | None = None, since: str | None = None,
               state: Callable[[str, str], None] = lambda state, reason: None) -> AsyncStream:
        """As `Boardcast.events`; `state` is called in the event loop."""
        self._loop = asyncio.get_running_loop()
        loop = self._loop
        told = lambda *change: loop.call_soon_threadsafe(state, *change)  # noqa: E731
        return AsyncStream(self._plain.events(boards=boards, types=types, since=since, state=told))

    async def request(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """As `Boardcast.request`."""
        return await self._call(self._plain.request, method, path, body, **options)

    async def create_task(self, name: str, **fields: Any) -> dict:
        return await self._call(self._plain.create_task, name, **fields)

    async def update_task(self, id: int, *, if_match: int | str | None = None, **changes: Any) -> dict:
        return await self._call(self._plain.update_task, id, if_match=if_match, **changes)

    async def move_task(self, id: int, status: str, after: int | None = None) -> dict:
        return await self._call(self._plain.move_task, id, status, after)

    async def delete_task(self, id: int) -> None:
        await self._call(self._plain.delete_task, id)

    async def snapshot(self, board: str = "main") -> dict:
        return await self._call(self._plain.snapshot, board)

    async def publish(self, type: str, data: Any = None, **to: Any) -> dict:
        return await self._call(self._plain.publish, type, data, **to)

    async def _call(self, call: Callable, *arguments: Any, **options: Any) -> Any:
        self._loop = asyncio.get_running_loop()
        return await asyncio.to_thread(call, *arguments, **options)

    def _token(self) -> str:
        """Asks the source in the event loop, where coroutines belong."""

        async def ask() -> str:
            found = self._source()
            return await found if inspect.isawaitable(found) else found

        return asyncio.run_coroutine_threadsafe(ask(), self._loop).result()


class AsyncStream:
    """The events of a `Stream`, for `async for`. `aclose` ends it, and so does leaving `async with`."""

    def __init__(self, stream: Stream):
        self._stream = stream

    @property
    def cursor(self) -> str | None:
        return self._stream.cursor

    async def aclose(self) -> None:
        self._stream.close()

    async def __aenter__(self) -> AsyncStream:
        return self

    async def __aexit__(self, *_: Any) -> None:
        self._stream.close()

    async def __aiter__(self) -> AsyncIterator[Event]:
        loop, queue, room = asyncio.get_running_loop(), asyncio.Queue(), threading.Semaphore(MOST_WAITING)

        def work() -> None:
            outcome = None
            try:
                for event in self._stream:
                    while not room.acquire(timeout=1):
                        if self._stream._closed.is_set():
                            return
                    loop.call_soon_threadsafe(queue.put_nowait, event)
            except Exception as error:
                outcome = error
            finally:
                try:
                    loop.call_soon_threadsafe(queue.put_nowait, outcome)
                except RuntimeError:
                    pass  # the loop is closed

        threading.Thread(target=work, name="boardcast", daemon=True).start()
        try:
            while isinstance(event := await queue.get(), Event):
                room.release()
                yield event
            if event is not None:
                raise event
        finally:
            self._stream.close()
