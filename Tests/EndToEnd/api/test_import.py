"""Files become tasks: live and in order, each row once, through crashes and cancellation."""

import csv
import io
import json

from board_model import names
from imports import end_of, job_of, rows_csv, send
from rest import ok, problem
from waiting import eventually
from wire import Wire


def in_file_order(found):
    """By column, and in each as the file has them."""
    numbers = [int(name.split()[1]) for name in found]
    even, odd = [n for n in numbers if n % 2 == 0], [n for n in numbers if n % 2]
    return numbers == even + odd and even == sorted(even) and odd == sorted(odd)


def test_5000_cards_are_all_there_and_were_told_live_in_order(team):
    api, stream = team.api("ann"), team.stream("watcher")
    done = end_of(api, send(api, rows_csv(5000)))
    assert done["status"] == "completed" and done["progress"] == 100, done
    assert done["result"]["created"] == 5000 and done["result"]["bad"] == 0
    found = names(api.snapshot()["tasks"])
    assert len(found) == len(set(found)) == 5000 and in_file_order(found)
    team.fence(stream)
    events = stream.durable()
    created = [event["task"]["name"] for event in events if event["type"] == "task.created"]
    assert created == [f"row {i}" for i in range(1, 5001)]
    assert [event["seq"] for event in events] == list(range(events[0]["seq"], events[0]["seq"] + len(events)))
    progress = [event["job"]["progress"] for event in events if event["type"].startswith("job.")]
    assert progress == sorted(progress) and progress[-1] == 100
    types = [event["type"] for event in events]
    between = types[types.index("task.created") : len(types) - types[::-1].index("task.created")]
    assert "job.progress" in between, "progress was told while tasks came"


def test_a_trello_board_becomes_tasks(team):
    api = team.api("ann")
    board = {
        "id": "b", "name": "Old board", "lists": [
            {"id": "l1", "name": "In Progress", "pos": 2, "closed": False},
            {"id": "l0", "name": "Ideas", "pos": 1, "closed": False},
        ],
        "cards": [
            {"id": "c2", "name": "Second", "idList": "l1", "pos": 9, "closed": False, "labels": [], "due": None},
            {"id": "c1", "name": "First", "desc": "Words", "idList": "l1", "pos": 1, "closed": False,
             "labels": [{"name": "bug", "color": "red"}], "due": "2026-02-01T08:00:00.000Z", "idMembers": ["m"]},
            {"id": "c3", "name": "Archived", "idList": "l1", "pos": 1, "closed": True},
            {"id": "c4", "name": "", "idList": "l0", "pos": 1, "closed": False},
            {"id": "c5", "name": "An idea", "idList": "l0", "pos": 2, "closed": False},
        ],
        "members": [{"id": "m", "username": "ann"}],
        "actions": [{"id": str(i), "data": {"text": "x" * 1000}} for i in range(4000)],
    }
    content = json.dumps(board)
    assert len(content) > 3 << 20, "larger than any other body may be"
    done = end_of(api, send(api, content, "application/json"))
    assert done["status"] == "completed"
    assert done["result"]["archived"] == 1 and done["result"]["badRows"][0]["row"] == 4
    assert done["result"]["unknownStatuses"] == [{"status": "Ideas", "tasks": 1, "rows": [5]}]
    tasks = api.snapshot()["tasks"]
    assert [(task["name"], task["status"]) for task in tasks] == [
        ("An idea", "inbox"), ("First", "in_progress"), ("Second", "in_progress"),
    ]
    assert tasks[1]["labels"] == ["bug"] and tasks[1]["assigneeId"] == "ann" and tasks[1]["description"] == "Words"
    assert tasks[1]["dueAt"] == "2026-02-01T08:00:00.000Z"


def test_whatever_python_writes_as_csv_is_read_as_it_was(team, rng):
    api = team.api("ann")
    alphabet = list("ab\",;'\\\r\n\t é日😀") + ["\r\n", '""']
    rows = [
        {"name": "x" + "".join(rng.choices(alphabet, k=rng.randint(0, 12))),
         "description": "d" + "".join(rng.choices(alphabet, k=rng.randint(0, 40)))}
        for _ in range(300)
    ]
    for quoting, end in ((csv.QUOTE_MINIMAL, "\r\n"), (csv.QUOTE_ALL, "\r\n"), (csv.QUOTE_ALL, "\n")):
        out = io.StringIO()
        writer = csv.DictWriter(out, ["name", "description"], quoting=quoting, lineterminator=end)
        writer.writeheader()
        writer.writerows(rows)
        done = end_of(api, send(api, out.getvalue().encode()))
        assert done["status"] == "completed" and done["result"]["bad"] == 0, done
        tasks = api.snapshot()["tasks"]
        # White space around a value is no part of it.
        assert [{"name": task["name"], "description": task["description"]} for task in tasks[-300:]] == [
            {field: text.strip() for field, text in row.items()} for row in rows
        ]


def test_a_crash_in_the_middle_is_told_and_the_same_file_writes_what_is_missing(start_server, make_team):
    server = start_server()
    team = make_team(server)
    api = team.api("ann")
    content = rows_csv(20_000)
    first = ok(send(api, content, key="k"), 202)
    eventually(lambda: len(api.tasks(limit=200)) >= 100, "some tasks")
    team.close()
    server.kill()
    server.start()
    api = team.api("ann")
    cut = job_of(api, first)
    assert cut["status"] == "failed" and "the gateway restarted" in cut["error"], cut
    before = names(api.snapshot()["tasks"])
    assert 100 <= len(before) < 20_000, "it was killed in the middle"
    stream = team.stream("watcher")
    again = send(api, content, key="k")
    assert again.headers["location"] != first.headers["location"]
    done = end_of(api, again)
    assert done["status"] == "completed" and done["result"]["created"] == 20_000, done
    found = names(api.snapshot()["tasks"])
    assert len(found) == len(set(found)) == 20_000 and in_file_order(found)
    team.fence(stream)
    assert len([event for event in stream.durable() if event["type"] == "task.created"]) == 20_000 - len(before)
    assert job_of(api, send(api, content, key="k"))["id"] == done["id"]
    problem(send(api, content + "one more\r\n", key="k"), 422)


def test_a_shutdown_in_the_middle_says_so_at_once(start_server, make_team):
    server = start_server()
    team = make_team(server)
    api = team.api("ann")
    first = ok(send(api, rows_csv(50_000), key="k"), 202)
    eventually(lambda: len(api.tasks(limit=200)) >= 100, "some tasks")
    team.close()
    server.restart()
    api = team.api("ann")
    cut = job_of(api, first)
    assert cut["status"] == "failed" and "the gateway restarted" in cut["error"], cut
    assert cut["details"]["created"] == len(names(api.snapshot()["tasks"])) < 50_000


def test_a_cancelled_import_stops(team):
    api = team.api("ann")
    answer = ok(send(api, rows_csv(50_000)), 202)
    eventually(lambda: len(api.tasks(limit=200)) >= 50, "some tasks")
    ok(api.post(answer.headers["location"] + "/cancel"), 200)
    assert end_of(api, answer)["status"] == "cancelled"
    # Its place is free once it has stopped.
    for _ in range(2):
        eventually(lambda: send(api, "name\nfence\n").status_code == 202, "room for another import")
    eventually(lambda: names(api.snapshot()["tasks"]).count("fence") == 2, "the next imports")
    count = len(names(api.snapshot()["tasks"]))
    assert count < 50_002
    done = end_of(api, send(api, "name\nlast\n"))
    assert done["status"] == "completed" and len(names(api.snapshot()["tasks"])) == count + 1


def test_tokens_that_may_not_are_refused(team, make_team):
    team.admin().create_board("side")
    content = rows_csv(3)
    problem(send(team.api("v", role="viewer"), content), 403)
    problem(send(team.api("b", boards=["side"]), content), 403)
    other = make_team(team.server).api("ann")
    problem(send(other, content, board="side"), 404)
    answer = ok(send(team.api("ann"), content, board="side"), 202)
    problem(other.get(answer.headers["location"]), 404)
    problem(other.post(answer.headers["location"] + "/cancel"), 404)
    assert end_of(team.api("b", boards=["side"]), answer)["status"] == "completed"
    assert names(other.snapshot()["tasks"]) == []


def test_20_mib_are_taken_and_no_more_and_only_there(team):
    limit = 20 << 20
    token = team.token("ann")
    for path, length in (("/api/import", limit + 1), ("/api/tasks", 2 << 20)):
        with Wire(team.server) as wire:
            wire.request("POST", path, token, [("Content-Length", str(length)), ("Content-Type", "text/csv")])
            assert wire.response().status == 413
    api = team.api("ann")
    line = "x" * 250 + "," + "y" * 19_000 + "\n"
    content = "name,description\n" + line * ((limit - 17) // len(line))
    content += "z" * (limit - len(content))
    assert len(content) == limit
    done = end_of(api, send(api, content))
    assert done["status"] == "completed" and done["result"]["bad"] == 0
    assert done["result"]["cutFields"][0]["field"] == "name", "the last line's name is too long"
