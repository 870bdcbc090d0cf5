"""The right to be there does not wait for a disk: what admins do is in force at once, and stored when it can be."""

import threading
import time
from contextlib import contextmanager

import pytest

from lock import locked, snapshot
from rest import ok, problem, status
from scale import count, most, scale
from waiting import eventually

#: What a revocation or a cut may take to be in force.
SECOND = 1.0
#: Users that are revoked, and connections that are cut, while nothing can be written.
ACTS = scale(1, 20)


def timed(call):
    """The answer, and how many seconds it took."""
    start = time.monotonic()
    return call(), time.monotonic() - start


def ended(stream, reason):
    closing = stream.wait_for_type("stream.closing")
    assert closing["reason"] == reason


def stored(admin, **what):
    """Whether the revocation has a number, which it gets when it is on disk."""
    items = ok(admin.get("/api/revocations")).json()["items"]
    return any(item["id"] is not None and what.items() <= item.items() for item in items)


def acts(admin):
    """What the audit log has, oldest first."""
    return [(act["act"], act["subject"]) for act in reversed(ok(admin.get("/api/audit")).json()["items"])]


@contextmanager
def full(server, disk, make_team):
    """Not even the smallest write fits on the disk of `server` while the block runs."""
    writer, admin = make_team(server).api(), make_team(server).admin()
    with snapshot(server.database, disk):
        disk.fill()
        # What the write-ahead log has room for would hide the fault, so that it is used up first.
        eventually(lambda: writer.post("/api/tasks", {"name": "x"}).status_code == 507, "no task fits")
        eventually(lambda: cannot_record(admin.delete("/sse/users/nobody/connections")), "no record fits")
        yield
        disk.free()


def cannot_record(answer):
    return answer.status_code != 200 or answer.json().get("durable") is False


@pytest.fixture(params=["locked", "full"])
def stuck(request, start_server, make_team, disk):
    """A server, and a context in which its database can't be written: another process holds it, or the disk is full."""
    server = start_server(disk=disk if request.param == "full" else None)
    if request.param == "full":
        return server, lambda: full(server, disk, make_team)
    return server, lambda: locked(server.database)


def test_a_revocation_is_in_force_while_nothing_can_be_written(stuck, make_team):
    server, stuck = stuck
    team = make_team(server)
    admin = team.admin()
    tokens = {f"t-{i}": team.token(f"ann-{i}", jti=f"t-{i}") for i in range(ACTS)}
    opened = {id: (team.stream(token=token), team.socket(token=token)) for id, token in tokens.items()}
    stays = team.stream("ben")
    with stuck():
        for id, token in tokens.items():
            start = time.monotonic()
            answer, seconds = timed(lambda: admin.post("/api/revocations", {"jti": id, "reason": "lost"}))
            for listener in opened[id]:
                ended(listener, "revoked")
            assert status(server, token) == 401
            most(seconds_until_in_force=time.monotonic() - start)
            body = ok(answer, 202).json()
            assert body["durable"] is False and body["connections"] == 2
            assert body["revocation"]["id"] is None and body["revocation"]["jti"] == id
            assert seconds < SECOND
        listed = ok(admin.get("/api/revocations")).json()["items"]
        assert [(item["id"], item["jti"]) for item in listed] == [(None, id) for id in reversed(tokens)]
        assert {item["reason"] for item in listed} == {"lost"}
        assert not stays.closed
    start = time.monotonic()
    for id in tokens:
        eventually(lambda: stored(admin, jti=id, reason="lost"), "the revocation is stored")
    most(seconds_until_stored=time.monotonic() - start)
    assert len(ok(admin.get("/api/revocations")).json()["items"]) == ACTS
    assert ok(admin.post("/api/revocations", {"jti": "u"}), 201).json()["durable"] is True
    server.kill()
    server.start()
    assert {status(server, token) for token in tokens.values()} == {401}
    count(revocations=ACTS)


def test_a_cut_does_not_wait_for_its_record(stuck, make_team):
    server, stuck = stuck
    team = make_team(server)
    admin = team.admin()
    opened = [(team.stream(f"ann-{i}"), team.stream(f"ben-{i}")) for i in range(ACTS)]
    stays = team.stream("carl")
    done = []
    with stuck():
        for i, (one, two) in enumerate(opened):
            id = one.established["connectionId"]
            for stream, path in [(one, f"/sse/connections/{id}"), (two, f"/sse/users/ben-{i}/connections")]:
                start = time.monotonic()
                answer, seconds = timed(lambda: admin.delete(path))
                ended(stream, "admin")
                most(seconds_until_in_force=time.monotonic() - start)
                assert ok(answer, 200).json() == {"connections": 1, "durable": False} and seconds < SECOND
            done += [("connection.closed", id), ("user.disconnected", f"ben-{i}")]
        assert not stays.closed
    start = time.monotonic()
    eventually(lambda: acts(admin) == done, "what was done is recorded, in order")
    most(seconds_until_stored=time.monotonic() - start)
    count(cuts=len(done))
    assert ok(admin.delete("/sse/users/carl/connections")).json() == {"connections": 1, "durable": True}


def test_writers_that_wait_do_not_hold_up_an_admin(start_server, make_team):
    """The writer is in the middle of its own wait for the database when the revocation comes."""
    server = start_server()
    team = make_team(server)
    admin = team.admin()
    stream = team.stream("ann", claims={"jti": "t"})
    writers = [team.api(f"user-{n}") for n in range(8)]
    with locked(server.database):
        threads = [
            threading.Thread(target=writer.post, args=("/api/tasks", {"name": "waits"}), daemon=True)
            for writer in writers
        ]
        for thread in threads:
            thread.start()
        answer, seconds = timed(lambda: admin.post("/api/revocations", {"jti": "t"}))
        ended(stream, "revoked")
        assert ok(answer, 202).json()["durable"] is False and seconds < SECOND
    eventually(lambda: stored(admin, jti="t"), "the revocation is stored")
    for thread in threads:
        thread.join()


def test_what_waits_is_bounded_and_is_named_when_there_is_no_room(start_server, make_team):
    server = start_server()
    team, other = make_team(server), make_team(server)
    admin = team.admin()
    stream = team.stream("ann", claims={"jti": "last"})
    with locked(server.database):
        answers = set()
        for number in range(200):
            answer = admin.post("/api/revocations", {"jti": f"t-{number}"})
            answers.add(answer.status_code)
            if answer.status_code == 503:
                break
        assert answers == {202, 503}
        refusal = problem(answer, 503)
        assert refusal["code"] == "not_durable" and int(answer.headers["Retry-After"]) > 0
        assert "in force" in refusal["detail"]
        # In force all the same.
        answer = admin.post("/api/revocations", {"jti": "last"})
        ended(stream, "revoked")
        problem(answer, 503)
        # Another tenant has room of its own.
        assert ok(other.admin().post("/api/revocations", {"jti": "t"}), 202).json()["durable"] is False
    eventually(lambda: stored(admin, jti=f"t-{number - 1}"), "all that waited is stored")
    assert not stored(admin, jti="last")
    found = [item["jti"] for item in ok(admin.get("/api/revocations", params={"limit": 200})).json()["items"]]
    assert found == [f"t-{n}" for n in reversed(range(number))], "in the order in which they were asked for"


def test_what_is_not_stored_at_the_end_is_named_in_the_log(start_server, make_team):
    server = start_server()
    admin = make_team(server, "acme").admin()
    ok(admin.post("/api/revocations", {"jti": "kept"}), 201)
    with locked(server.database):
        ok(admin.post("/api/revocations", {"jti": "lost-1"}), 202)
        ok(admin.post("/api/revocations", {"sub": "lost-2"}), 202)
        server.stop()
    lines = [line for line in server.log().splitlines() if "not stored" in line]
    assert len(lines) == 2 and all(" error " in line for line in lines)
    assert 'subject="jti lost-1"' in lines[0] and 'subject="sub lost-2"' in lines[1]
    assert all("tenant=acme" in line and "actor=root" in line for line in lines)
