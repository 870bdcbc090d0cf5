"""What a power cut could take: no 2xx leaves before the frames that it stands for are synced (strace sees it)."""

import re
import subprocess
import uuid

import tokens
from rest import Api, ok
from scale import report, scale
from waiting import eventually

ROUNDS = scale(3, 60)
CALL = re.compile(r"^(?P<thread>\d+) +(?P<name>\w+)\((?P<rest>.*)$")
RESUMED = re.compile(r"^(?P<thread>\d+) +<\.\.\. (?P<name>\w+) resumed>.*= (?P<result>-?\d+)")


def synced_before_answers(lines):
    """How many 2xx left, and which of them left while the write-ahead log held bytes that were not synced."""
    dirty, syncing, answers, early = False, {}, 0, []
    for line in lines:
        if match := RESUMED.match(line):
            if match["name"] in ("fdatasync", "fsync") and syncing.pop(match["thread"], False):
                dirty = False
            continue
        match = CALL.match(line)
        if not match:
            continue
        name, rest = match["name"], match["rest"]
        if name in ("pwrite64", "write") and "-wal>" in rest:
            # Bytes written while another thread syncs are not known to be covered by it.
            dirty, syncing = True, {thread: False for thread in syncing}
        elif name in ("fdatasync", "fsync") and "-wal>" in rest:
            if "unfinished" in rest:
                syncing[match["thread"]] = True
            elif rest.rstrip().endswith("= 0"):
                dirty = False
        elif name in ("write", "writev", "sendto", "sendmsg") and "HTTP/1.1 2" in rest:
            answers += 1
            if dirty:
                early.append(line)
    return answers, early


def test_the_reader_of_the_trace_sees_an_answer_that_is_early():
    early = ['7 pwrite64(5</d/b-wal>, "..", 4096, 0) = 4096', '7 write(9<socket:[1]>, "HTTP/1.1 201 Created", 30) = 30']
    assert synced_before_answers(early) == (1, [early[1]])
    synced = [early[0], "8 fdatasync(5</d/b-wal> <unfinished ...>", "8 <... fdatasync resumed>) = 0", early[1]]
    assert synced_before_answers(synced) == (1, [])


def trace_of_writes(server, directory):
    """Makes writes of every kind with strace attached; returns how many there were, and the trace's verdict."""
    api = Api(server.url, tokens.mint("ann", role="admin"))
    task = api.create_task("before")
    trace, notes = directory / "trace", directory / "notes"
    with open(notes, "wb") as log:
        strace = subprocess.Popen(
            ["strace", "-f", "-y", "-s", "24", "-o", trace, "-p", str(server.process.pid), "-e",
             "trace=pwrite64,write,writev,sendto,sendmsg,fdatasync,fsync"], stderr=log)
    try:
        eventually(lambda: b"attached" in notes.read_bytes(), "strace is attached")
        wanted = 0
        for _ in range(ROUNDS):
            key = {"Idempotency-Key": uuid.uuid4().hex}
            board = f"b-{uuid.uuid4().hex[:8]}"
            job = ok(api.post("/api/jobs", {"name": "j"}), 202).json()["job"]
            acts = [
                api.post("/api/tasks", {"name": "n"}, headers=key), api.post("/api/tasks", {"name": "n"}, headers=key),
                api.patch(f"/api/tasks/{task['id']}", {"name": uuid.uuid4().hex}),
                api.post(f"/api/tasks/{task['id']}/move", {"status": "review", "after": None}),
                api.post(f"/api/tasks/{task['id']}/move", {"status": "inbox", "after": None}),
                api.post("/api/boards", {"id": board, "name": "b"}),
                api.patch(f"/api/boards/{board}", {"name": "c"}), api.delete(f"/api/boards/{board}"),
                api.post("/api/publish", {"type": "tick.tock", "data": 1}),
                api.patch(f"/api/jobs/{job['id']}", {"status": "completed"}),
                api.post("/api/revocations", {"jti": uuid.uuid4().hex}),
                api.delete("/sse/users/nobody/connections"),
            ]
            for answer in acts:
                ok(answer)
            wanted += 1 + len(acts)
    finally:
        # It detaches; the server goes on.
        strace.terminate()
        strace.wait(60)
    answers, early = synced_before_answers(trace.read_text("utf-8", "replace").splitlines())
    assert answers == wanted, f"{answers} of {wanted} answers are in the trace"
    return wanted, early


def test_no_answer_leaves_before_its_frames_are_synced(start_server, tmp_path):
    wanted, early = trace_of_writes(start_server(), tmp_path)
    assert early == []
    report(writes=wanted, answered_before_their_sync=0)


def test_the_fast_mode_answers_before_it_syncs(start_server, tmp_path):
    """`database.synchronous: normal` survives a crash, not a power cut; the trace shows it, so it can show a fault."""
    _, early = trace_of_writes(start_server({"BOARDCAST_DATABASE_SYNCHRONOUS": "normal"}), tmp_path)
    assert early != []
