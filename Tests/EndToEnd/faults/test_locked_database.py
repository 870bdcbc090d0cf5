"""Another process holds the database: writes are busy after a while, and the operator hears of it once."""

from flood import flood
from lock import locked
from rest import Api, ok
from scale import report, scale
from server_log import lines
from waiting import eventually

TASK = b'{"name":"x"}'


def test_a_locked_database_is_one_error_and_one_notice(start_server, make_team):
    server = start_server()
    team = make_team(server)
    task = team.api().create_task("before")
    count, connections = scale((150, 150), (3000, 500))
    with locked(server.database):
        statuses = flood(server, count, connections=connections, token=team.token(), body=TASK)
        assert statuses == {503: count}
        body = ok(Api(server.url).get("/readyz?verbose"), 200).json()
        assert body["status"] == "degraded"
        writes = body["checks"]["writes"]
        assert (writes["status"], writes["reason"], writes["refused"]) == ("failing", "locked", {"locked": count})
        assert team.api().task(task["id"])["name"] == "before"
        errors = lines(server, level="error")
        assert len(errors) == 1 and errors[0].fields["failure"] == "another process holds the database"
        assert not lines(server, "recovered")
    ok(team.api().post("/api/tasks", {"name": "after"}), 201)
    [notice] = eventually(lambda: lines(server, "recovered"), "that writes go on is in the log")
    assert notice.level == "notice" and notice.fields["refused"] == notice.fields["locked"] == str(count)
    server.stop()
    errors, notices = lines(server, level="error"), lines(server, "recovered")
    assert len(errors) == 1 and len(notices) == 1
    said = [line for line in lines(server) if line.fields.get("status") == "503" or line.message == "refused"]
    assert sum(int(line.fields.get("503", 1)) for line in said) == count
    report(refused=count, error_lines=len(errors), notices=len(notices), lines_of_refusals=len(said))


def test_a_short_lock_is_not_worth_a_word(start_server, make_team):
    server = start_server()
    api, admin = make_team(server).api(), make_team(server).admin()
    for _ in range(5):
        with locked(server.database):
            admin.post("/api/revocations", {"jti": "t"})
        api.create_task()
    assert not lines(server, level="error") and not lines(server, "recovered")
