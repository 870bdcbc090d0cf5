"""What was done and has no answer is shown as such, kept, and sent once; and the pill never says that all is well then."""

import os
import signal

import pytest
from selenium.webdriver.common.keys import Keys

from browser import BoardPage
from relay import Relay

#: The longest that a write without an answer may look like any other, in milliseconds: 3 s, and what the timers of a busy
#: machine add.
BOUND = 3500

#: Notes when the pill first says something else than that all is well.
WATCH = """
    const pill = document.querySelector('#connection');
    const begun = performance.now();
    window.turned = null;
    const look = () => { if (!['Real-time', 'Polling'].includes(pill.textContent)) window.turned ??= performance.now() - begun; };
    new MutationObserver(look).observe(pill, { childList: true, characterData: true, subtree: true });
    look();
"""


@pytest.fixture
def cable(server):
    relay = Relay(server.url)
    yield relay
    relay.close()


@pytest.fixture
def tab(driver, cable, team):
    """Ann's page, at the end of the cable."""
    page = BoardPage(driver).open(cable.url, team.token("ann"))
    yield page
    assert page.errors() == []
    driver.get("about:blank")


def add(page, name, column="inbox"):
    page.find(f'[data-status="{column}"] .add input').send_keys(name, Keys.ENTER)


def names(team):
    return sorted(task["name"] for task in team.api().tasks())


def test_a_network_that_is_gone_without_a_word_is_noticed_by_the_first_write(tab, team, cable):
    moved = team.api().create_task("To be moved")["id"]
    tab.card(moved)
    cable.hold()
    tab.run(WATCH)
    add(tab, "Written into the void")
    tab.pill_says("1 change not sent yet")
    assert tab.run("return window.turned") <= BOUND
    tab.says(".card[data-late] .late", "Not sent yet")
    tab.button(moved).send_keys(Keys.SHIFT + Keys.ARROW_RIGHT)
    tab.pill_says("2 changes not sent yet")
    tab.says(f'[data-task-id="{moved}"] .late', "Not sent yet")
    tab.find("#connection").click()
    tab.says("#details", "Added “Written into the void”, Moved “To be moved”")
    tab.press(Keys.ESCAPE)
    cable.release()
    tab.pill_says("Real-time")
    tab.wait(lambda: not tab.all(".card[data-late]"), "all of it is acknowledged")
    tab.wait(lambda: names(team) == ["To be moved", "Written into the void"], "it was written, once")
    assert team.api().task(moved)["status"] == "in_progress"


def test_a_server_that_stands_still_is_noticed_by_a_write(driver, start_server, make_team):
    server = start_server()
    team = make_team(server)
    task = team.api().create_task("Open")["id"]
    tab = BoardPage(driver).open(server.url, team.token("ann"))
    tab.open_task(task)
    tab.find("#f-description").send_keys("Does it arrive?")
    os.kill(server.process.pid, signal.SIGSTOP)
    try:
        tab.run(WATCH)
        tab.find("#sheet .primary").click()
        tab.pill_says("1 change not sent yet")
        assert tab.run("return window.turned") <= BOUND
        tab.says("#sheet .saved", "Not sent yet. It is kept and sent as soon as the server answers.")
    finally:
        os.kill(server.process.pid, signal.SIGCONT)
    tab.says("#sheet .saved", "Saved")
    tab.pill_says("Real-time")


def test_who_comes_back_to_a_dead_connection_is_told_without_writing(tab, cable):
    cable.hold()
    tab.run(WATCH)
    # For this one act, the page has heard nothing for 13 seconds.
    tab.run("""
        const now = Date.now;
        Date.now = () => now() + 13_000;
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'Shift', bubbles: true }));
        Date.now = now;
    """)
    tab.pill_says("No answer")
    assert tab.run("return window.turned") <= BOUND
    tab.find("#connection").click()
    tab.says("#details", "The server does not answer right now.")
    tab.press(Keys.ESCAPE)
    cable.release()
    tab.pill_says("Real-time")


def test_offline_is_said_at_once_and_with_how_much_was_not_sent(tab, team):
    tab.offline(True)
    try:
        tab.pill_says("Offline")
        add(tab, "Without a network")
        tab.pill_says("Offline · 1 not sent")
        tab.says(".card[data-late] .late", "Not sent yet")
    finally:
        tab.offline(False)
    tab.pill_says("Real-time")
    tab.wait(lambda: names(team) == ["Without a network"], "it was written, once")


def test_what_was_not_sent_outlives_the_tab(tab, team, cable):
    """Two acts of one visit: one that the server never got, and one whose answer was lost."""
    task = team.api().create_task("To be edited")["id"]
    tab.open_task(task)
    tab.find("#f-description").send_keys("Edited before the tab was closed")
    cable.hold()
    tab.find("#sheet .primary").click()
    add(tab, "Added before the tab was closed")
    tab.pill_says("2 changes not sent yet")
    tab.driver.get("about:blank")
    cable.release()
    tab.open(cable.url, team.token("ann"))
    tab.wait(lambda: names(team) == ["Added before the tab was closed", "To be edited"], "it was added, once")
    tab.wait(lambda: team.api().task(task)["description"] == "Edited before the tab was closed", "and edited")
    tab.wait(lambda: not tab.all(".card[data-pending]") and not tab.all(".unsaved:not([hidden])"), "nothing is left to do")
    tab.driver.refresh()
    tab.pill_says("Real-time")
    tab.card(task)
    assert names(team) == ["Added before the tab was closed", "To be edited"]


def test_another_board_does_not_drop_what_was_not_sent(tab, team, cable):
    team.admin().create_board("other", "Other")
    tab.driver.refresh()
    tab.wait(lambda: tab.find("#boards").is_displayed(), "there is something to choose")
    tab.pill_says("Real-time")
    cable.cut()
    add(tab, "Left behind")
    tab.says(".card[data-late] .late", "Not sent yet")
    tab.run("location.hash = 'board=other'")
    tab.says(".notice", "1 change has not been sent.")
    cable.mend()
    tab.run("location.hash = 'board=main'")
    tab.wait(lambda: names(team) == ["Left behind"], "it was added when the board was opened again")


def test_who_leaves_with_unsent_changes_is_asked(tab, cable):
    asks = "const event = new Event('beforeunload', { cancelable: true }); return !dispatchEvent(event)"
    assert not tab.run(asks)
    cable.hold()
    add(tab, "On its way")
    tab.pill_says("1 change not sent yet")
    assert tab.run(asks)
    cable.release()
    tab.pill_says("Real-time")
    assert not tab.run(asks)
