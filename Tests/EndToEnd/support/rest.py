"""REST calls, and the checks that every refusal must pass."""

import re

import httpx

from waiting import DEADLINE

TIMESTAMP = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")

#: What `/sse/stats` says of each connection, at least.
CONNECTION_FIELDS = {
    "id", "userId", "connectedAt", "duration", "transport", "boards", "cursor", "lag", "queuedBytes", "sentEvents",
}


def check_problem(status, content_type, body, expected):
    """RFC 9457, with the members this server promises."""
    assert status == expected, f"expected {expected}, got {status}: {body}"
    assert (content_type or "").split(";")[0] == "application/problem+json", content_type
    for name in ("type", "title", "detail", "code", "requestId"):
        assert isinstance(body.get(name), str) and body[name], f"{name} is missing from {body}"
    assert body["status"] == expected
    return body


def problem(response, expected):
    """Checks that an httpx answer is this refusal, and returns its body."""
    kind = response.headers.get("content-type", "")
    body = response.json() if "json" in kind else {"text": response.text}
    return check_problem(response.status_code, kind, body, expected)


def pointers(body):
    """Where the errors of a validation problem point to."""
    errors = body.get("errors")
    assert isinstance(errors, list) and errors, f"no errors in {body}"
    assert all(isinstance(error.get("detail"), str) and error["detail"] for error in errors), errors
    return [error.get("pointer") for error in errors]


def ok(response, expected=None):
    """The answer itself when it has the status expected (any 2xx without one)."""
    fine = response.is_success if expected is None else response.status_code == expected
    assert fine, f"{response.request.method} {response.request.url.path}: {response.status_code} {response.text[:800]}"
    return response


def items(body, name):
    """A list that may come bare or in an object."""
    return body if isinstance(body, list) else body.get("items", body.get(name))


def status(server, token):
    """What a call with this token is answered."""
    return Api(server.url, token).get("/api/tasks").status_code


class Api:
    """One user's calls, on one kept-alive connection."""

    def __init__(self, url, token=None):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.http = httpx.Client(base_url=url, headers=headers, timeout=DEADLINE)
        self.token = token

    def close(self):
        self.http.close()

    def get(self, path, **options):
        return self.http.get(path, **options)

    def post(self, path, json=None, **options):
        return self.http.post(path, json=json, **options)

    def patch(self, path, json=None, **options):
        return self.http.patch(path, json=json, **options)

    def delete(self, path, **options):
        return self.http.delete(path, **options)

    def send_raw(self, method, path, content, content_type="application/json"):
        """A body exactly as given."""
        return self.http.request(method, path, content=content, headers={"Content-Type": content_type})

    def create_task(self, name="A task", headers=None, **fields):
        """The new task; its number is in `last_seq`."""
        body = ok(self.post("/api/tasks", {"name": name, **fields}, headers=headers), 201).json()
        self.last_seq = body["seq"]
        return body["task"]

    def patch_task(self, task_id, changes, headers=None):
        body = ok(self.patch(f"/api/tasks/{task_id}", changes, headers=headers), 200).json()
        self.last_seq = body["seq"]
        return body["task"]

    def move_task(self, task_id, status, after=None):
        body = ok(self.post(f"/api/tasks/{task_id}/move", {"status": status, "after": after}), 200).json()
        self.last_seq = body["seq"]
        return body["task"]

    def delete_task(self, task_id, headers=None):
        answer = ok(self.delete(f"/api/tasks/{task_id}", headers=headers), 204)
        self.last_seq = int(answer.headers["Boardcast-Seq"])
        return self.last_seq

    def task(self, task_id):
        return ok(self.get(f"/api/tasks/{task_id}"), 200).json()

    def create_board(self, board_id, name=None, **fields):
        body = ok(self.post("/api/boards", {"id": board_id, "name": name or board_id, **fields}), 201).json()
        return body.get("board", body)

    def board(self, board_id):
        body = ok(self.get(f"/api/boards/{board_id}"), 200).json()
        return body.get("board", body)

    def boards(self):
        return items(ok(self.get("/api/boards"), 200).json(), "boards")

    def tasks(self, **params):
        return ok(self.get("/api/tasks", params=params), 200).json()["items"]

    def snapshot(self, board_id="main"):
        return ok(self.get(f"/api/boards/{board_id}/snapshot"), 200).json()

    def events(self, **params):
        return ok(self.get("/api/events", params=params), 200).json()

    def head(self):
        """The cursor of the tenant's newest event."""
        return self.events(limit=1)["cursor"]

    def whole_log(self, since, **params):
        """Every event after `since`, page by page."""
        found = []
        while True:
            page = self.events(since=since, limit=1000, **params)
            assert page["recovered"] is True, page
            found += page["events"]
            if not page["events"] and page["cursor"] == since:
                return found
            since = page["cursor"]

    def start_typing(self, task, typing=True, board="main"):
        return self.post(f"/api/boards/{board}/typing", {"taskId": task["id"], "typing": typing})

    def create_job(self, name="A job", headers=None, **fields):
        """The new job; its number is in `last_seq`."""
        body = ok(self.post("/api/jobs", {"name": name, **fields}, headers=headers), 202).json()
        self.last_seq = body["seq"]
        return body["job"]

    def report_job(self, job_id, **fields):
        body = ok(self.patch(f"/api/jobs/{job_id}", fields), 200).json()
        self.last_seq = body["seq"]
        return body["job"]

    def job(self, job_id):
        return ok(self.get(f"/api/jobs/{job_id}"), 200).json()

    def publish(self, type, data=None, **fields):
        return ok(self.post("/api/publish", {"type": type, "data": data, **fields}), 202)

    def stats(self, **params):
        return ok(self.get("/sse/stats", params=params), 200).json()
