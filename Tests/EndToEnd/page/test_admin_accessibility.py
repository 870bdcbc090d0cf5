"""The admin page for those who do not see it, or see it differently."""

import pytest

from admin_page import VIEWS
from axe import violations
from browser import SCHEMES, color_scheme
from waiting import eventually


def test_figures_can_be_read_without_seeing_the_charts(team, live):
    team.stream("ann")
    for number in range(5):
        team.api("ann").create_task(f"Task {number}")
    plots = live.all("#charts .plot")
    assert len(plots) == 3
    eventually(lambda: "delivered" in plots[0].get_attribute("aria-valuetext"), "the chart says what it shows")
    eventually(lambda: int(plots[0].get_attribute("aria-valuenow")) >= 2, "there are some moments")
    plots[0].send_keys("\ue011")  # home
    assert plots[0].get_attribute("aria-valuenow") == "0"
    plots[0].send_keys("\ue014")  # right
    assert plots[0].get_attribute("aria-valuenow") == "1"
    live.click("#charts summary")
    eventually(lambda: len(live.texts("#charts tbody tr")) == 10, "and as a table")
    assert live.texts("#charts thead th") == ["Half a minute to", "delivered", "events"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_has_a_name_and_can_be_read(team, live, scheme):
    team.stream("ann")
    team.admin().post("/api/revocations", {"jti": "x", "reason": "lost"})
    live.media(prefers_color_scheme=scheme)
    for view in VIEWS:
        live.turn_to(view)
        if view == "events":
            team.api("ann").create_task("One")
            live.click("#event-list button")
        if view == "tokens":
            live.ask(team.token(ttl=-3600))
        assert live.nameless() == [], view
        assert live.faint() == [], view
    live.turn_to("traffic")
    live.by("user")
    live.press("Revoke the tokens of ann")
    live.dialog()
    assert live.nameless() == [] and live.faint() == []
    live.answer(False)
    live.click("#sign-out")
    assert live.nameless() == [] and live.run("return document.activeElement.id") == "token"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_on_the_admin_page(team, live, scheme):
    team.stream("ann")
    team.api("ann").create_job("Nightly import", boardId="main")
    team.admin().post("/api/revocations", {"jti": "x", "reason": "lost"})
    color_scheme(live.driver, scheme)
    for view in VIEWS:
        live.turn_to(view)
        if view == "events":
            live.click("#event-list button")
        if view == "tokens":
            live.ask(team.token(ttl=-3600))
        if view == "server":
            eventually(lambda: live.all("#facts > div"), "the facts are there")
        assert violations(live) == [], view


@pytest.mark.parametrize("width", [390, 1000])
def test_nothing_sticks_out_of_a_narrow_window(team, live, width):
    team.stream("a-user-with-a-rather-long-name@some.department.example.org")
    live.width(width)
    for view in VIEWS:
        live.turn_to(view)
        if view == "events":
            team.api("ann").create_task("A task " * 30)
            live.click("#event-list button")
        if view == "tokens":
            live.ask(team.token())
        assert live.run("return document.documentElement.scrollWidth") <= width, view
    live.turn_to("traffic")
    eventually(lambda: live.find("#roster .sort-choice").is_displayed() is (width < 960), "a narrow list is sorted by a choice")
    name = next(one.get_attribute("aria-label") for one in live.all("#roster .acts button") if one.is_displayed())
    live.press(name)
    live.dialog()
    live.answer(False)


def test_nothing_moves_for_who_does_not_want_it(live):
    live.media(prefers_reduced_motion="reduce")
    moving = "return [...document.querySelectorAll('*')].filter((one) => getComputedStyle(one).transitionDuration !== '0s').length"
    assert live.run(moving) == 0 and live.run("return document.getAnimations().length") == 0
