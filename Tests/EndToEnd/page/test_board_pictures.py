"""Pictures of the page, for the eye: in a temporary folder, or in the one that BOARDCAST_PICTURES names."""

import os
import time
from pathlib import Path

import pytest
from selenium.webdriver.common.action_chains import ActionChains

from browser import BoardPage, chromium

#: name, status, priority, assignee, labels, days until it is due
TASKS = [
    ("Search forgets the second page", "inbox", "medium", "mira", ["bug"], None),
    ("Ask design for the new empty states", "inbox", "low", None, ["design"], 6),
    ("Translate the help centre to Spanish", "inbox", "medium", "ben", ["docs"], None),
    ("Alert when the queue is older than a minute", "inbox", "medium", None, ["ops"], None),
    ("Rate limit answers without Retry-After", "in_progress", "high", "ann", ["backend", "bug"], 2),
    ("Login page flickers on slow networks", "in_progress", "urgent", "ben", ["bug"], -1),
    ("Dashboards load in under a second", "in_progress", "medium", "mira", ["design"], 9),
    ("Write the migration guide for 2.0", "review", "medium", "ann", ["docs"], 4),
    ("Retry failed webhooks with backoff", "review", "high", "cleo", ["backend"], None),
    ("Move session storage to Redis", "done", "medium", "ben", ["backend"], None),
    ("Rotate the signing keys", "done", "high", "ann", ["ops"], None),
]


@pytest.fixture
def folder(tmp_path):
    chosen = Path(os.environ.get("BOARDCAST_PICTURES") or tmp_path)
    chosen.mkdir(parents=True, exist_ok=True)
    return chosen


@pytest.fixture
def sample(team):
    """A board as a team has it, and the team at it."""
    api = team.api("ben")
    found = {}
    for name, status, priority, assignee, labels, days in TASKS:
        due = days and time.strftime("%Y-%m-%dT00:00:00.000Z", time.gmtime(time.time() + days * 86400))
        task = api.create_task(name, status=status, priority=priority, assigneeId=assignee, labels=labels, dueAt=due)
        found[name] = task["id"]
    for sub in ("ben", "mira", "cleo"):
        team.keep(team.stream(sub, board="main"))
    return found


def take(page, folder, name):
    page.still()
    page.run("for (const animation of document.getAnimations()) animation.finish()")
    path = folder / f"{name}.png"
    assert page.driver.save_screenshot(str(path))
    assert path.stat().st_size > 10_000, "there is something on it"


@pytest.mark.parametrize("name, options", [
    ("board", {"size": (1280, 800)}),
    ("board-dark", {"size": (1280, 800), "scheme": "dark"}),
    ("board-phone", {"size": (390, 844), "touch": True}),
])
def test_the_board(server, team, sample, folder, name, options):
    driver = chromium(**options)
    try:
        page = BoardPage(driver).open(server.url, team.token("ann"))
        page.card(sample["Rotate the signing keys"])
        page.wait(lambda: len(page.all("#people .avatar")) == 4, "everybody is there")
        typed = sample["Retry failed webhooks with backoff"]
        team.api("cleo").post("/api/boards/main/typing", {"taskId": typed, "typing": True})
        page.wait(lambda: "cleo" in page.text(f'[data-task-id="{typed}"] .typing'), "somebody types")
        take(page, folder, name)
        page.open_task(sample["Write the migration guide for 2.0"])
        take(page, folder, f"{name}-task")
        page.find("[data-act=close]").click()
        if "touch" not in options:
            actions = ActionChains(driver, duration=100).move_to_element(page.card(sample["Rotate the signing keys"]))
            actions.click_and_hold().move_by_offset(-8, 8).perform()
            actions.move_to_element(page.card(sample["Dashboards load in under a second"])).perform()
            take(page, folder, f"{name}-drag")
            actions.release().perform()
        for view in ("list", "activity"):
            page.find(f'[data-view="{view}"]').click()
            page.wait(lambda: page.all(f"#{view} li"), "there are rows")
            take(page, folder, f"{name}-{view}")
    finally:
        driver.quit()
