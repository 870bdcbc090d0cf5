"""WebSocket frames by raw socket: framing (RFC 6455 §5), close codes (§7.4), slow readers, and chance."""

import json
import os
import struct
import threading

import pytest

from board_model import assert_dense
from frames import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, FrameWire, frame
from rest import Api, ok
from sse import seq_of
from waiting import eventually


# Framing.


@pytest.fixture
def wire(team):
    with FrameWire(team.server, team.token("ann")) as wire:
        wire.wait_for_event("connection.established")
        yield wire


def test_a_ping_is_answered_with_its_payload(wire):
    for payload in (b"", b"hello", os.urandom(125)):
        wire.say(PING, payload)
        assert wire.wait_for(PONG) == payload


def test_an_unasked_pong_is_ignored(wire):
    wire.say(PONG, b"nobody asked")
    wire.say(PING, b"still here")
    assert wire.wait_for(PONG) == b"still here"


def test_a_message_may_come_in_fragments_with_pings_between(wire):
    """RFC 6455 §5.4."""
    wire.say(TEXT, b'{"ty', fin=False)
    wire.say(PING, b"between")
    wire.say(CONTINUATION, b"", fin=False)
    wire.say(CONTINUATION, b'pe":"pi', fin=False)
    wire.say(CONTINUATION, b'ng"}')
    assert wire.wait_for(PONG) == b"between"
    wire.wait_for_event("pong")


def test_a_character_may_be_cut_by_a_fragment(wire):
    text = '{"type":"día"}'.encode()
    cut = text.index(b"\xc3") + 1
    wire.say(TEXT, text[:cut], fin=False)
    wire.say(CONTINUATION, text[cut:])
    wire.wait_for_event("error")


def test_a_frame_may_come_byte_by_byte(wire):
    for byte in frame(TEXT, b'{"type":"ping"}'):
        wire.send(bytes([byte]))
    wire.wait_for_event("pong")


def test_many_frames_in_one_segment_are_all_answered(wire):
    wire.send(b"".join(frame(PING, str(i).encode()) for i in range(100)))
    assert [wire.wait_for(PONG) for _ in range(100)] == [str(i).encode() for i in range(100)]


VIOLATIONS = {
    "an unmasked frame": (1002, frame(TEXT, b'{"type":"ping"}', masked=False)),
    "an unmasked ping": (1002, frame(PING, b"", masked=False)),
    "the first reserved bit": (1002, frame(TEXT, b'{"type":"ping"}', reserved=0b100)),
    "the second reserved bit": (1002, frame(TEXT, b'{"type":"ping"}', reserved=0b010)),
    "the third reserved bit": (1002, frame(TEXT, b'{"type":"ping"}', reserved=0b001)),
    **{f"opcode {opcode:#x}": (1002, frame(opcode, b"x")) for opcode in (3, 4, 7, 0xB, 0xF)},
    "a ping in fragments": (1002, frame(PING, b"x", fin=False)),
    "a close in fragments": (1002, frame(CLOSE, b"", fin=False)),
    "a ping over 125 bytes": (1002, frame(PING, b"x" * 126)),
    "a continuation of nothing": (1002, frame(CONTINUATION, b"x")),
    "a message within a message": (1002, frame(TEXT, b"{", fin=False) + frame(TEXT, b"{}")),
    "a close with half a code": (1002, frame(CLOSE, b"\x03")),
    **{f"a close with {code}": (1002, frame(CLOSE, struct.pack("!H", code))) for code in (0, 999, 1004, 1005, 1006)},
    "a close with bad UTF-8": (1007, frame(CLOSE, struct.pack("!H", 1000) + b"\xff")),
    "a binary message": (1003, frame(BINARY, b"\x00\x01")),
    "a binary message in fragments": (1003, frame(BINARY, b"\x00", fin=False) + frame(CONTINUATION, b"\x01")),
    "bad UTF-8": (1007, frame(TEXT, b'{"type":"\xff"}')),
    "a surrogate": (1007, frame(TEXT, b'{"type":"\xed\xa0\x80"}')),
    "an overlong slash": (1007, frame(TEXT, b'{"type":"\xc0\xaf"}')),
    "UTF-8 cut short": (1007, frame(TEXT, b'{"type":"\xc3')),
    "bad UTF-8 in fragments": (1007, frame(TEXT, b'"\xc3', fin=False) + frame(CONTINUATION, b'\x28"')),
    "a message of 2 MiB": (1009, frame(TEXT, b"", announced=2 << 20) + b" " * 4096),
    "a message of 2^40 bytes": (1009, frame(TEXT, b"", announced=1 << 40)),
    "a message of 2^63 - 1 bytes": (1009, frame(TEXT, b"", announced=(1 << 63) - 1)),
}


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_a_violation_ends_the_connection_with_its_code(team, wire, violation):
    code, sent = VIOLATIONS[violation]
    wire.send(sent)
    assert wire.close_code() == code
    assert wire.ended()
    ok(Api(team.server.url).get("/healthz"))


def test_a_length_with_its_top_bit_set_ends_the_connection(wire):
    """RFC 6455 §5.2 forbids it; whether it is named malformed or too big is a matter of taste."""
    wire.send(frame(TEXT, b"", announced=1 << 63))
    assert wire.close_code() in (1002, 1009)


def test_a_length_that_is_not_the_shortest_is_refused_or_taken_as_it_is(team, wire):
    """RFC 6455 §5.2 forbids it to the sender; receivers differ, and nothing may come of it but this one message."""
    wire.send(struct.pack("!BBH", 0x81, 0x80 | 126, 5) + b"\0\0\0\0" + b"{}   ")
    wire.send(frame(PING, b"behind"))
    while (found := wire.read_frame()) is not None:
        if found[0] == CLOSE:
            assert struct.unpack("!H", found[1][:2]) == (1002,)
        if found[0] == PONG:
            assert found[1] == b"behind"
            return
    assert wire.ended()


def test_fragments_that_grow_too_big_together_end_the_connection(wire):
    more = [frame(CONTINUATION, b" " * 16384, fin=False) for _ in range(6)]
    wire.send(frame(TEXT, b" " * 16384, fin=False) + b"".join(more))
    try:
        assert wire.close_code() == 1009
    except (AssertionError, ConnectionResetError):
        # What the server had not read yet may make its side a reset, in which the close frame is lost.
        assert wire.ended()


@pytest.mark.parametrize("code", [1000, 1001, 1011, 3000, 4999, None])
def test_a_close_is_answered_in_kind(wire, code):
    wire.say(CLOSE, struct.pack("!H", code) + b"bye" if code else b"")
    assert wire.close_code() in (code, 1000 if code is None else code)
    assert wire.ended()


def test_nothing_is_heard_after_a_close(team, wire):
    task = team.api("ben").create_task("typed into")
    stream = team.stream("ben")
    typing = {"type": "typing", "boardId": "main", "taskId": task["id"], "typing": True}
    wire.send(frame(CLOSE, struct.pack("!H", 1000)) + frame(TEXT, json.dumps(typing).encode()))
    wire.close_code()
    assert wire.ended()
    team.fence(stream)
    assert not stream.of_type("typing")


def test_a_socket_that_is_half_closed_or_reset_leaves_the_count(team):
    admin = team.admin()
    half, reset = (FrameWire(team.server, team.token(name)) for name in ("ann", "ben"))
    eventually(lambda: admin.stats()["totalConnections"] == 2, "both are counted")
    half.socket.shutdown(1)
    reset.reset()
    eventually(lambda: admin.stats()["totalConnections"] == 0, "both left the count")
    half.close()


# Slow readers, and chance.


def test_a_slow_reader_catches_up_from_the_log(team):
    start = seq_of(team.api().head())
    failures = []

    def write(name):
        try:
            api = team.api(name)
            task = api.create_task(name, description="d" * 4000)
            for i in range(120):
                api.patch_task(task["id"], {"name": f"{name} {i}", "status": ("done", "review")[i % 2]})
        except Exception as error:
            failures.append(error)

    with FrameWire(team.server, team.token("slow"), "/ws/connect?board=main", receive_buffer=4096) as wire:
        wire.wait_for_event("connection.established")
        writers = [threading.Thread(target=write, args=(f"writer{i}",)) for i in range(4)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        assert failures == []
        head = seq_of(team.api().head())
        assert head - start == 4 * (1 + 2 * 120)
        (stopped,) = team.admin().stats(userId="slow")["connections"]
        assert stopped["lag"] > 0 and stopped["queuedBytes"] <= 262_144 + 65_536, "it lags, and its queue is bounded"

        seqs = []
        while not seqs or seqs[-1] < head:
            event = json.loads(wire.wait_for(TEXT))
            if "seq" in event:
                seqs.append(event["seq"])
        assert_dense(seqs, start + 1)
        live = team.api("ann")
        live.create_task("live")
        assert wire.wait_for_event("task.created")["seq"] == live.last_seq


def strange_object(rng):
    """JSON that looks like something a client may say."""
    value = rng.choice([None, [], ["main"], "main", 1e308, -1, {}, "task.*", "0-0", [[]], "\u0000", 2**63])
    name = rng.choice(["boards", "types", "since", "token", "taskId"])
    type = rng.choice(["subscribe", "unsubscribe", "typing", "ping", "auth", "x"])
    return json.dumps({"type": type, name: value}).encode()


def strange_frame(rng):
    noise = rng.randbytes(rng.choice([0, 1, 125, 126, 127, 1000]))
    return frame(
        rng.choice([TEXT, TEXT, TEXT, CONTINUATION, BINARY, PING, PONG, CLOSE, rng.randrange(16)]),
        rng.choice([noise, strange_object(rng)]),
        fin=rng.random() < 0.8, reserved=rng.choice([0, 0, 0, 0, rng.randrange(8)]), masked=rng.random() < 0.95,
        announced=rng.choice([None] * 9 + [rng.randrange(2**63)]),
    )


def mutilated(rng):
    """Bytes that a hostile or broken client may send behind the handshake."""
    choice = rng.random()
    if choice < 0.3:
        return rng.randbytes(rng.randrange(1, 2000))
    frames = b"".join(strange_frame(rng) for _ in range(rng.randrange(1, 12)))
    if choice < 0.6:
        place = rng.randrange(len(frames))
        frames = frames[:place] + rng.randbytes(1) + frames[place + 1 :]
    return frames


def test_chance_does_not_harm_the_server(team, rng):
    bystander = team.stream("bystander")
    health = Api(team.server.url)
    for round in range(300):
        wire = FrameWire(team.server, team.token(f"fuzz{round}"))
        try:
            wire.send(mutilated(rng))
            if rng.random() < 0.2:
                wire.send(mutilated(rng))
        except (BrokenPipeError, ConnectionResetError):
            pass
        if rng.random() < 0.3:
            wire.socket.setsockopt(1, 13, b"\1\0\0\0\0\0\0\0")
        wire.close()
        if round % 50 == 0:
            ok(health.get("/healthz"))
    ok(health.get("/healthz"))
    team.fence(bystander)
    eventually(lambda: team.admin().stats()["totalConnections"] == 1, "only the bystander is left")
