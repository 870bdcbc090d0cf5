"""Pictures of the page, for the eye: in a temporary folder, or in the one that BOARDCAST_PICTURES names."""

import os
import time
from pathlib import Path

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from admin_page import VIEWS, AdminPage
from browser import BoardPage, chromium
from relay import Relay
from waiting import eventually

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

TEXT = """## Before you upgrade

- [x] Read what changes, in [the notes](https://example.com/notes)
- [ ] Copy the database with **boardcast backup**
- [ ] Stop the old server

> Nobody loses what they have written meanwhile."""


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


#: As wide as a screen, a tablet and a phone.
LOOKS = [(size, scheme) for size in ((1400, 900), (768, 1024), (390, 844)) for scheme in ("light", "dark")]


@pytest.mark.parametrize("size, scheme", LOOKS, ids=lambda one: one if isinstance(one, str) else str(one[0]))
def test_the_board(server, team, sample, folder, size, scheme):
    driver = chromium(size, touch=size[0] < 1000, scheme=scheme)
    cable = Relay(server.url)
    api = team.api("cleo")

    def picture(what):
        take(page, folder, f"{what}-{size[0]}-{scheme}")

    try:
        page = BoardPage(driver).open(cable.url, team.token("ann", role="admin"))
        page.card(sample["Rotate the signing keys"])
        page.wait(lambda: page.run("return document.querySelectorAll('#people .avatar').length") == 4, "everybody is there")
        job = api.create_job("Nightly import", boardId="main")["id"]
        api.report_job(job, progress=40, message="step 4 of 10")
        page.wait(lambda: "40 %" in page.text("#jobs"), "somebody is at work")
        typed = sample["Retry failed webhooks with backoff"]
        api.post("/api/boards/main/typing", {"taskId": typed, "typing": True})
        page.wait(lambda: "cleo" in page.text(f'[data-task-id="{typed}"] .typing'), "somebody types")
        picture("board")
        page.button(sample["Dashboards load in under a second"]).send_keys("m")
        picture("menu")
        page.press(Keys.ESCAPE)
        if size[0] > 1000:
            actions = ActionChains(driver, duration=100).move_to_element(page.card(sample["Rotate the signing keys"]))
            actions.click_and_hold().move_by_offset(-8, 8).perform()
            actions.move_to_element(page.card(sample["Dashboards load in under a second"])).perform()
            picture("drag")
            actions.release().perform()
        task = sample["Write the migration guide for 2.0"]
        api.patch_task(task, {"description": TEXT})
        page.open_task(task)
        page.wait(lambda: "upgrade" in page.text("#sheet .prose"), "the text is there")
        picture("sheet")
        page.find("#sheet [data-act=write]").click()
        page.fill("#f-description", TEXT.replace("upgrade", "update"))
        api.patch_task(task, {"description": TEXT.replace("the old", "every old")})
        page.says("#sheet .conflict", "cleo changed this")
        picture("conflict")
        page.find("[data-act=revert]").click()
        page.find("#sheet [data-act=close]").click()
        for view in ("list", "activity"):
            page.find(f'[data-view="{view}"]').click()
            page.wait(lambda: page.all(f"#{view} li"), "there are rows")
            picture(view)
        page.find('[data-view="board"]').click()
        page.offline(True)
        page.find('[data-status="inbox"] .add input').send_keys("Written on the train", Keys.ENTER)
        page.pill_says("Offline · 1 not sent")
        picture("offline")
        page.offline(False)
        page.pill_says("Real-time")
        team.admin().create_board("empty", "A new board")
        page.open(cable.url, team.token("ann", role="admin"), board="empty")
        page.says("#hint", "This board is empty")
        picture("empty")
    finally:
        driver.quit()
        cable.close()


@pytest.mark.parametrize("size, scheme", LOOKS, ids=lambda one: one if isinstance(one, str) else str(one[0]))
def test_the_admin_page(server, team, sample, folder, size, scheme):
    driver = chromium(size, touch=size[0] < 1000, scheme=scheme)
    try:
        page = AdminPage(driver).open_live(team.server, team.token("root", role="admin"))
        for number in range(12):
            team.api("ben").create_task(f"Task {number}")
        team.api("x", ttl=-3600).get("/api/tasks")
        team.admin().post("/api/revocations", {"sub": "mallory", "reason": "left us"})
        team.api("cleo").create_job("Nightly import", boardId="main")
        eventually(lambda: page.run("return Number(document.querySelector('#charts .plot').ariaValueNow)") >= 2, "there are some figures")
        for view in VIEWS:
            page.turn_to(view)
            if view == "events":
                page.click("#event-list button")
            if view == "tokens":
                page.ask(team.token(ttl=-3600))
            eventually(lambda: page.run("return document.querySelector('#facts').children.length"), "the facts are there")
            page.run("scrollTo(0, 0)")
            path = folder / f"admin-{view}-{size[0]}-{scheme}.png"
            assert driver.save_screenshot(str(path)) and path.stat().st_size > 10_000
    finally:
        driver.quit()
