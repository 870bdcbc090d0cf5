"""`Idempotency-Key`: the same request again gets the first answer, and nothing happens twice."""

from concurrent.futures import ThreadPoolExecutor

from rest import ok, problem
from sse import seq_of


def key(name):
    return {"Idempotency-Key": name}


def test_a_repeated_create_gets_the_first_answer(team, api):
    stream = team.stream("watcher")
    first = ok(api.post("/api/tasks", {"name": "Once"}, headers=key("k1")), 201)
    again = ok(api.post("/api/tasks", {"name": "Once"}, headers=key("k1")), 201)
    assert again.json() == first.json()
    assert again.headers["etag"] == first.headers["etag"] and again.headers["location"] == first.headers["location"]
    assert len(api.tasks()) == 1
    api.create_task("fence")
    stream.wait_for_seq(api.last_seq)
    assert [event["task"]["name"] for event in stream.durable()] == ["Once", "fence"]
    assert stream.durable()[0]["op"] == "k1"


def test_the_first_answer_holds_although_the_task_has_changed(api):
    first = ok(api.post("/api/tasks", {"name": "Once"}, headers=key("k1")), 201).json()
    api.patch_task(first["task"]["id"], {"name": "Changed since"})
    assert ok(api.post("/api/tasks", {"name": "Once"}, headers=key("k1")), 201).json() == first


def test_the_same_key_with_another_body_is_422(api):
    ok(api.post("/api/tasks", {"name": "Once"}, headers=key("k1")), 201)
    problem(api.post("/api/tasks", {"name": "Other"}, headers=key("k1")), 422)
    assert [task["name"] for task in api.tasks()] == ["Once"]


def test_the_same_key_on_another_route_is_not_the_same_request(api):
    task = api.create_task("Once", headers=key("k1"))
    answer = api.patch(f"/api/tasks/{task['id']}", {"name": "Once more"}, headers=key("k1"))
    assert answer.status_code == 422, "a key stands for one request"


def test_a_repeated_patch_gets_the_first_answer(api):
    task = api.create_task("Before")
    first = ok(api.patch(f"/api/tasks/{task['id']}", {"name": "After"}, headers=key("k2")), 200)
    api.patch_task(task["id"], {"name": "Later"})
    again = ok(api.patch(f"/api/tasks/{task['id']}", {"name": "After"}, headers=key("k2")), 200)
    assert again.json() == first.json()
    assert api.task(task["id"])["name"] == "Later"


def test_a_repeated_delete_gets_the_first_answer(api):
    task = api.create_task("Short-lived")
    first = ok(api.delete(f"/api/tasks/{task['id']}", headers=key("k3")), 204)
    again = ok(api.delete(f"/api/tasks/{task['id']}", headers=key("k3")), 204)
    assert again.headers["Boardcast-Seq"] == first.headers["Boardcast-Seq"]


def test_a_key_belongs_to_one_user(team):
    for user in ("ann", "ben"):
        team.api(user).create_task(f"by {user}", headers=key("shared"))
    assert len(team.api("ann").tasks()) == 2


def test_a_key_is_up_to_128_bytes(api):
    api.create_task("Longest", headers=key("k" * 128))
    problem(api.post("/api/tasks", {"name": "Too long"}, headers=key("k" * 129)), 400)


def test_a_refused_request_does_not_use_up_its_key(api):
    problem(api.post("/api/tasks", {"name": ""}, headers=key("k4")), 400)
    ok(api.post("/api/tasks", {"name": "Right now"}, headers=key("k4")), 201)


def test_a_key_sent_at_once_by_many_makes_one_task(team):
    apis = [team.api("ann") for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda api: api.post("/api/tasks", {"name": "Once"}, headers=key("race")), apis))
    made = [answer for answer in answers if answer.status_code == 201]
    assert made and all(answer.json() == made[0].json() for answer in made)
    assert {answer.status_code for answer in answers} <= {201, 409}, "who comes too early may be told to wait"
    assert len(apis[0].tasks()) == 1


def test_a_key_is_remembered_through_a_crash(start_server, make_team):
    server = start_server()
    team = make_team(server)
    first = ok(team.api("ann").post("/api/tasks", {"name": "Once"}, headers=key("k5")), 201).json()
    team.close()
    server.restart(gracefully=False)
    api = team.api("ann")
    assert ok(api.post("/api/tasks", {"name": "Once"}, headers=key("k5")), 201).json() == first
    assert seq_of(api.head()) == first["seq"]


def test_a_repeated_publish_is_sent_once(team):
    service = team.api("svc", role="service")
    body = {"type": "deploy.done", "data": {"n": 1}}
    first = ok(service.post("/api/publish", body, headers=key("k6")), 202).json()
    assert ok(service.post("/api/publish", body, headers=key("k6")), 202).json() == first
    assert seq_of(team.api("ann").head()) == first["seq"]
