"""A foreign reader that holds on to a snapshot: the write-ahead log grows, the operator hears of it, and of its end."""

from lock import snapshot
from rest import Api, ok
from scale import report
from server_log import lines
from waiting import eventually

LIMIT = 256 << 20
LARGE = "the write-ahead log is large; perhaps another process reads the database and does not end"
SMALL = "the write-ahead log is small again"


def check(server):
    return ok(Api(server.url).get("/readyz?verbose"), 200).json()["checks"]["wal"]


def test_a_large_log_is_one_warning_and_one_notice(start_server, make_team):
    server = start_server()
    api = make_team(server).api("worker", role="service")
    api.create_task()
    wal = server.database.with_name(server.database.name + "-wal")
    assert check(server) == {"status": "ok"}
    with snapshot(server.database):
        while wal.stat().st_size < LIMIT + (16 << 20):
            api.publish("test.filler", "x" * 1_000_000)
        [warning] = eventually(lambda: lines(server, LARGE), "the large log is in the log")
        assert warning.level == "warning" and int(warning.fields["bytes"]) >= LIMIT
        assert check(server)["status"] == "warning" and check(server)["reason"] == "large"
        ok(Api(server.url).get("/readyz"), 200)
        assert not lines(server, SMALL)
        most = wal.stat().st_size
    [notice] = eventually(lambda: lines(server, SMALL), "that it is small again is in the log")
    assert notice.level == "notice" and int(notice.fields["most"]) >= LIMIT
    assert wal.stat().st_size < LIMIT and check(server) == {"status": "ok"}
    warnings, notices = lines(server, LARGE), lines(server, SMALL)
    assert len(warnings) == 1 and len(notices) == 1 and not lines(server, level="error")
    report(most_bytes=most, bytes_after=wal.stat().st_size, warnings=len(warnings), notices=len(notices))
