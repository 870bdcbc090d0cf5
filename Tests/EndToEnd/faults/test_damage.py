"""A disk that gives back other bytes than were written: refused at the start, or served as it was; never a trap, and
nothing wrong without a word."""

import pytest

from harness import StartFailed
from lock import snapshot
from scale import count, scale

#: Damages that are tried, in the file and in its write-ahead log.
TRIALS = scale(12, 500)
TENANTS = ["acme", "globex"]
NAMES = ["boardcast.sqlite", "boardcast.sqlite-wal"]


def fill(api):
    """Something of everything, and nothing that changes by itself."""
    for i in range(1, 13):
        api.create_task(f"task {i}", description=f"lorem {i} " * (900 if i % 7 == 0 else 5), labels=["a", f"b{i}"])
        if i % 2 == 0:
            api.patch_task(i, {"priority": "high", "status": "review"})
    for i in range(3):
        job = api.create_job(f"job {i}", boardId="main", input={"n": [1.5, i]})
        api.report_job(job["id"], status="completed", result={"n": i})
    api.publish("test.note", {"text": "x" * 300})


def picture(server, make_team):
    """What each call answers, by tenant and path; None where it is refused because something can't be read."""
    answers = {}
    for tenant in TENANTS:
        team = make_team(server, tenant)
        api = team.admin()
        paths = ["/api/boards", "/api/tasks?limit=200", "/api/boards/main/snapshot", "/api/jobs", "/api/events?limit=200",
                 *(f"/api/tasks/{id}" for id in (1, 2, 7, 12))]
        for path in paths:
            answer = api.get(path)
            assert answer.status_code in (200, 404, 500), answer.text
            answers[tenant, path] = None if answer.status_code == 500 else answer.json()
        team.close()
    return answers


def strike(data, rng):
    """Changes a bit, a byte, some bytes, or a sector; says which."""
    data, offset = bytearray(data), rng.randrange(len(data))
    sector = slice(offset & ~511, (offset & ~511) + 512)
    kind = rng.choice(["bit", "byte", "run", "zeros", "noise", "misplaced"])
    if kind == "bit":
        data[offset] ^= 1 << rng.randrange(8)
    elif kind == "byte":
        data[offset] = rng.randrange(256)
    elif kind == "run":
        length = min(rng.randint(2, 64), len(data) - offset)
        data[offset : offset + length] = rng.randbytes(length)
    else:
        size = len(data[sector])
        other = rng.randrange(len(data) - size) & ~511
        data[sector] = {"zeros": bytes(size), "noise": rng.randbytes(size), "misplaced": data[other : other + size]}[kind]
    return bytes(data), f"{kind} at {offset}"


def put(server, files):
    for file in server.directory.glob("boardcast.sqlite*"):
        file.unlink()
    for name, data in files.items():
        (server.directory / name).write_bytes(data)


def attempt(server, make_team, files, truths, what):
    """Starts on damaged files; returns what came of it."""
    put(server, files)
    before = len(server.log())
    try:
        server.start()
    except StartFailed:
        said = server.log()[before:]
        assert server.process.poll() == 2 and str(server.database) in said, (what, server.process.poll(), said)
        return "refused_at_the_start"
    seen = picture(server, make_team)
    assert server.alive, (what, server.process.poll())
    said = server.log()[before:]
    server.kill()
    lies = min(([key for key in seen if seen[key] is not None and seen[key] != truth[key]] for truth in truths), key=len)
    if lies and "can't be read" in said:
        return "served_with_a_warning"
    assert not lies, (what, lies, said)
    if None in seen.values():
        return "rows_refused"
    return "served_right" if seen == truths[0] else "last_write_gone"


@pytest.mark.parametrize("place", NAMES)
def test_damage_is_refused_or_does_no_harm(start_server, make_team, rng, place):
    server = start_server()
    with snapshot(server.database):
        # Whoever reads an old state keeps what follows it in the write-ahead log.
        for tenant in TENANTS:
            team = make_team(server, tenant)
            fill(team.admin())
            team.close()
        truths = [picture(server, make_team)]
        team = make_team(server, TENANTS[0])
        team.admin().create_task("the last")
        team.close()
        truths.insert(0, picture(server, make_team))
        server.kill()
        files = {name: (server.directory / name).read_bytes() for name in NAMES}
    if place == NAMES[0]:
        # All of the log is in the file.
        put(server, files)
        server.start()
        assert picture(server, make_team) == truths[0]
        server.stop()
        files, truths = {place: server.database.read_bytes()}, truths[:1]
    for _ in range(TRIALS):
        damaged, what = strike(files[place], rng)
        outcome = attempt(server, make_team, {**files, place: damaged}, truths, what)
        count(damages=1, **{outcome: 1})
