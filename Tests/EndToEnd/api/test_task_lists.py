"""Lists of tasks: pages that never skip or repeat, and filters."""

from urllib.parse import urljoin

import pytest

from rest import ok, problem


def next_link(answer):
    link = answer.links.get("next")
    return urljoin(str(answer.request.url), link["url"]) if link else None


def test_pages_by_link_hold_every_task_once(api):
    made = {api.create_task(f"task {i}")["id"] for i in range(23)}
    answer, seen = ok(api.get("/api/tasks", params={"limit": 5})), []
    while True:
        page = answer.json()
        assert len(page["items"]) <= 5
        seen += [task["id"] for task in page["items"]]
        link = next_link(answer)
        assert bool(link) == bool(page["next"])
        if not link:
            break
        answer = ok(api.get(link))
    assert sorted(seen) == sorted(made) and len(seen) == 23


def test_pages_by_cursor_hold_what_was_there_while_others_write(api):
    made = {api.create_task(f"task {i}", status="review")["id"] for i in range(20)}
    seen, cursor = [], None
    while True:
        params = {"limit": 4, "board": "main", **({"cursor": cursor} if cursor else {})}
        page = ok(api.get("/api/tasks", params=params)).json()
        seen += [task["id"] for task in page["items"]]
        cursor = page["next"]
        if not cursor:
            break
        api.create_task("newcomer", status="inbox")
    assert len(seen) == len(set(seen)), "a task came twice"
    assert made <= set(seen), "a task that was there was skipped"


def test_a_deleted_task_does_not_break_the_page_that_ended_with_it(api):
    made = [api.create_task(f"task {i}")["id"] for i in range(6)]
    page = ok(api.get("/api/tasks", params={"limit": 3})).json()
    first = [task["id"] for task in page["items"]]
    api.delete_task(first[-1])
    rest = ok(api.get("/api/tasks", params={"limit": 100, "cursor": page["next"]})).json()
    assert sorted(first + [task["id"] for task in rest["items"]]) == sorted(made)


def test_a_filter_goes_on_to_the_next_page(api):
    for i in range(12):
        api.create_task(f"task {i}", status="done" if i % 2 else "inbox")
    answer, seen = ok(api.get("/api/tasks", params={"status": "done", "limit": 4})), []
    while True:
        seen += answer.json()["items"]
        if not (link := next_link(answer)):
            break
        answer = ok(api.get(link))
    assert len(seen) == 6 and {task["status"] for task in seen} == {"done"}


@pytest.mark.parametrize("cursor", ["x", "-1", "1", "' OR 1=1 --", "AAAA", "\u0000", "x" * 3000])
def test_a_made_up_page_cursor_is_400_or_harmless(api, cursor):
    api.create_task("x")
    answer = api.get("/api/tasks", params={"cursor": cursor})
    assert answer.status_code in (200, 400)
    if answer.status_code == 400:
        problem(answer, 400)


def test_filters_choose_and_combine(team, api):
    team.admin().create_board("side")
    api.create_task("Alpha report", assigneeId="ben", labels=["red", "blue"], status="review")
    api.create_task("Beta report", assigneeId="cy", labels=["red"], status="review")
    api.create_task("Gamma", assigneeId="ben", labels=["green"], status="done")
    api.create_task("Delta", boardId="side")

    def names(**params):
        return {task["name"] for task in api.tasks(**params)}

    assert names(board="side") == {"Delta"}
    assert names(status="review") == {"Alpha report", "Beta report"}
    assert names(assignee="ben") == {"Alpha report", "Gamma"}
    assert names(label="red") == {"Alpha report", "Beta report"}
    assert names(q="report") == {"Alpha report", "Beta report"}
    assert names(q="report", assignee="ben", label="blue") == {"Alpha report"}
    assert names(label="re") == set(), "a label is matched whole"
    assert names(status="inbox", board="main") == set()
    assert names(q="nothing like it") == set()


def test_a_search_is_for_text_not_for_a_pattern(api):
    api.create_task("100% sure")
    api.create_task("under_score")
    api.create_task("plain")
    api.create_task("it's \"quoted\" \\ slashed*")

    def names(q):
        return {task["name"] for task in api.tasks(q=q)}

    assert names("%") == {"100% sure"}
    assert names("_") == {"under_score"}
    for q in ("'", '"', "\\", "*", "it's \"quoted\" \\ slashed*"):
        assert names(q) == {"it's \"quoted\" \\ slashed*"}, q
    for q in ("' OR '1'='1", "name:plain", "NEAR(", "plain OR sure"):
        assert names(q) == set(), q


def test_the_limit_has_a_top(api):
    answer = api.get("/api/tasks", params={"limit": 1_000_000})
    assert answer.status_code in (200, 400)
