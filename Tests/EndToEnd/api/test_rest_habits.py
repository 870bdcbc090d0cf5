"""What clients do without asking: they send records back, days for times, marks, compressed bodies, members in any order."""

import gzip
import json
import zlib

import pytest

from cases import bytes_of, json_of
from rest import ok, pointers, problem
from sse import seq_of

JSON = {"Content-Type": "application/json"}


def post(api, content, coding=None, key=None):
    headers = {**JSON, **({"Content-Encoding": coding} if coding else {}), **({"Idempotency-Key": key} if key else {})}
    return api.post("/api/tasks", content=content, headers=headers)


# A record that was read can be written back.


def test_a_task_that_was_read_is_written_back(api):
    made = api.create_task("Read me", description="d", labels=["x"], dueAt="2026-01-15T10:30:00Z", assigneeId="ben")
    record = api.task(made["id"])
    assert api.patch_task(record["id"], record) == record, "nothing changed"
    record["name"] = "Changed"
    changed = api.patch_task(record["id"], record)
    assert changed["name"] == "Changed" and changed["version"] == 2


def test_times_of_a_record_may_be_spelled_anew(api):
    record = api.create_task("Read me")
    record["createdAt"] = record["createdAt"].replace("Z", "000+00:00")
    record["name"] = "Changed"
    assert api.patch_task(record["id"], record)["name"] == "Changed"


@pytest.mark.parametrize(
    "member, value",
    [("id", 999), ("version", 7), ("version", "1"), ("rank", "zz"), ("boardId", "other"), ("createdBy", "eve"),
     ("createdAt", "2020-01-01T00:00:00.000Z"), ("updatedAt", None)])
def test_another_value_for_what_the_server_owns_is_400(api, member, value):
    record = api.create_task("Mine")
    body = problem(api.patch(f"/api/tasks/{record['id']}", {**record, "name": "Changed", member: value}), 400)
    assert pointers(body) == [f"/{member}"]
    assert api.task(record["id"]) == record


def test_an_old_record_does_not_overwrite_a_newer_one(api):
    record = api.create_task("First")
    api.patch_task(record["id"], {"name": "Second"})
    body = problem(api.patch(f"/api/tasks/{record['id']}", {**record, "description": "late"}), 400)
    assert "/version" in pointers(body)
    assert api.task(record["id"])["name"] == "Second"


def test_boards_and_jobs_are_written_back_too(team):
    admin, worker = team.admin(), team.api("worker", role="service")
    board = admin.create_board("plan", "Plan")
    board["name"] = "Planned"
    changed = ok(admin.patch("/api/boards/plan", board), 200).json()["board"]
    assert changed["name"] == "Planned"
    assert pointers(problem(admin.patch("/api/boards/plan", {**changed, "version": 1}), 400)) == ["/version"]
    job = worker.job(worker.create_job("Index", input={"pages": [1, 2.0]})["id"])
    assert worker.report_job(job["id"], **{**job, "progress": 10})["progress"] == 10
    answer = worker.patch(f"/api/jobs/{job['id']}", {**worker.job(job["id"]), "input": {"pages": [1, 3]}})
    assert pointers(problem(answer, 400)) == ["/input"]


# Days and times.


def test_days_and_times_of_forms_are_taken(api):
    read = [api.create_task("x", dueAt=text)["dueAt"] for text in json_of("F6-06.give.json")]
    assert read == ["2026-01-15T00:00:00.000Z", "2026-01-15T10:30:00.000Z"]


@pytest.mark.parametrize(
    "text, time",
    [("2026-01-15T10:30", "10:30:00.000Z"), ("2026-01-15T10:30:00+0000", "10:30:00.000Z"),
     ("2026-01-15T10:30:00.250-0130", "12:00:00.250Z"), ("2026-01-15T10:30+02:00", "08:30:00.000Z"),
     ("2026-01-15 10:30:00", "10:30:00.000Z"), ("2026-01-15 10:30:00 +0100", "09:30:00.000Z"),
     ("2026-01-15T10:30:00.123456", "10:30:00.123Z"), ("2026-01-15T10:30Z", "10:30:00.000Z"),
     ("2026-01-15 10:30:00+00", "10:30:00.000Z")])
def test_other_spellings_of_a_time_are_taken(api, text, time):
    task = api.create_task("x")
    assert api.patch_task(task["id"], {"dueAt": text})["dueAt"] == f"2026-01-15T{time}"


@pytest.mark.parametrize(
    "text",
    ["15/01/2026", "01/02/2026", "2026-02-30", "2026-1-5", "20260115", "2026-01-15T", "2026-01-15T10", "2026-01-15T24:00",
     "2026-01-15T10:30:00+25:00", "2026-01-15T10:30:00 CET", "2026-01-15X10:30", "2026-W03", "tomorrow", "", "2026-01-15 "])
def test_what_may_mean_two_things_or_none_is_400(api, text):
    assert pointers(problem(api.post("/api/tasks", {"name": "x", "dueAt": text}), 400)) == ["/dueAt"]


# Marks and codings of bodies.


def test_a_byte_order_mark_is_passed_over(api):
    ok(post(api, bytes_of("F6-02.give.json")), 201)
    assert [task["name"] for task in api.tasks()] == ["a"]


@pytest.mark.parametrize("body", [b"\xef\xbb\xbf", b"\xef\xbb\xbf\xef\xbb\xbf{\"name\":\"a\"}", b"{\"name\":\"a\"}\xef\xbb\xbf",
                                  '{"name":"a"}'.encode("utf-16")])
def test_other_marks_are_not_json(api, body):
    problem(post(api, body), 400)


@pytest.mark.parametrize(
    "coding, code",
    [("gzip", gzip.compress), ("x-gzip", gzip.compress), ("GZIP", gzip.compress), ("deflate", zlib.compress),
     ("identity", bytes), ("gzip", lambda body: gzip.compress(body[:5]) + gzip.compress(body[5:]))],
    ids=["gzip", "x-gzip", "capitals", "deflate", "identity", "two members"])
def test_a_compressed_body_is_taken(api, coding, code):
    ok(post(api, code(b'\xef\xbb\xbf{"name":"packed"}'), coding), 201)
    record = {"name": "x" * 500, "description": "y" * 20_000}
    ok(post(api, code(json.dumps(record).encode()), coding), 201)


def test_a_compressed_body_may_come_in_pieces(api):
    packed = gzip.compress(b'{"name":"packed"}')
    ok(post(api, (packed[i:i + 1] for i in range(len(packed))), "gzip"), 201)


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "gzip, gzip", "identity, gzip", "x"])
def test_other_codings_are_415_and_the_answer_says_which_are_taken(api, coding):
    answer = post(api, gzip.compress(b'{"name":"a"}'), coding)
    assert problem(answer, 415)["code"] == "content_coding"
    assert answer.headers["accept-encoding"] == "gzip, deflate"


PLAIN = b'{"name":"a"}'
PACKED = gzip.compress(PLAIN, mtime=0)
MISCODED = {
    "not coded": ("gzip", PLAIN), "nothing": ("gzip", b""), "cut": ("gzip", PACKED[:-1]), "followed": ("gzip", PACKED + b"x"),
    "zlib as gzip": ("gzip", zlib.compress(PLAIN)), "gzip as zlib": ("deflate", PACKED),
    "zlib followed": ("deflate", zlib.compress(PLAIN) + b"{}"), "another sum": ("gzip", PACKED[:-8] + b"\0" * 8),
}


@pytest.mark.parametrize("case", MISCODED)
def test_what_is_not_of_its_coding_is_400(api, case):
    coding, body = MISCODED[case]
    assert problem(post(api, body, coding), 400)["code"] == "invalid_coding"
    assert api.tasks() == []


def test_a_small_body_that_becomes_large_is_413(api):
    bomb = gzip.compress(b'{"name":"' + b"x" * (200 << 20), 9)
    assert len(bomb) < 1 << 20
    assert problem(post(api, bomb, "gzip"), 413)["code"] == "body_too_large"
    many = gzip.compress(b'{"name":"a","labels":[' + b"1," * 20_000 + b"1]}")
    assert problem(post(api, many, "gzip"), 413)["code"] == "too_many_values"


def test_the_room_of_compressed_bodies_is_that_of_what_they_become(start_server, make_team):
    server = start_server({"BOARDCAST_LIMITS_BODIES_BYTES": str(1 << 20), "BOARDCAST_HTTP_MAX_BODY_BYTES": str(8 << 20)})
    api = make_team(server).api("ann")
    before = server.rss_bytes()
    bomb = gzip.compress(b'{"name":"' + b"x" * (200 << 20), 9)
    for _ in range(5):
        assert post(api, bomb, "gzip").status_code in (413, 503)
    assert server.rss_bytes() - before < 64 << 20
    ok(post(api, gzip.compress(b'{"name":"a"}'), "gzip"), 201)


# A name shows something.


@pytest.mark.parametrize("name", [json_of("F6-08.give.json")["name"], "\u00a0\u3000", "\u200b", "\u200d\ufeff\u2060", "\t\n",
                                  "\u3164", "\u2800", "\u00ad", "\u0007"])
def test_a_name_that_shows_nothing_is_400(team, name):
    api, admin = team.api("ann"), team.admin()
    assert pointers(problem(api.post("/api/tasks", {"name": name}), 400)) == ["/name"]
    assert pointers(problem(api.post("/api/jobs", {"name": name}), 400)) == ["/name"]
    assert pointers(problem(admin.post("/api/boards", {"id": "b", "name": name}), 400)) == ["/name"]
    task = api.create_task("Seen")
    assert pointers(problem(api.patch(f"/api/tasks/{task['id']}", {"name": name}), 400)) == ["/name"]


@pytest.mark.parametrize("name", [" a ", ".", "購物", "👩‍👩‍👧", "עברית", "٣", "é", "ﷺ", "\u200fا"])
def test_a_name_of_any_script_is_kept_as_it_is(api, name):
    assert api.create_task(name)["name"] == name


# Idempotency compares values.


def repeat(api, bodies):
    answers = [ok(post(api, body, key="again"), 201).json() for body in bodies]
    assert all(answer == answers[0] for answer in answers)
    assert seq_of(api.head()) == answers[0]["seq"] and len(api.tasks()) == 1


def test_the_same_members_in_another_order_are_the_same_request(api):
    repeat(api, [json.dumps(body).encode() for body in json_of("F6-10.give.json")])


def test_the_same_body_spelled_otherwise_is_the_same_request(api):
    first, second = bytes_of("F6-10k.give.txt").splitlines()
    repeat(api, [first, second, b"\xef\xbb\xbf" + first])


def test_numbers_are_compared_by_value(team):
    service = team.api("svc", role="service")
    bodies = [b'{"type":"a.b","data":{"n":1,"m":[10]}}', b'{"data":{"m":[1e1],"n":1.0},"type":"a.b"}']
    answers = [service.post("/api/publish", content=body, headers={**JSON, "Idempotency-Key": "n"}) for body in bodies]
    assert [ok(answer, 202).json() for answer in answers] == [answers[0].json()] * 2


@pytest.mark.parametrize(
    "first, second",
    [({"name": "k", "labels": ["a", "b"]}, {"name": "k", "labels": ["b", "a"]}),
     ({"name": "k", "description": ""}, {"name": "k"}), ({"name": "caf\u00e9"}, {"name": "cafe\u0301"}),
     ({"name": "k", "dueAt": "2026-01-15"}, {"name": "k", "dueAt": "2026-01-16"})])
def test_another_value_under_the_same_key_is_still_422(api, first, second):
    ok(post(api, json.dumps(first).encode(), key="again"), 201)
    assert problem(post(api, json.dumps(second).encode(), key="again"), 422)["code"] == "idempotency_key_reused"
