"""The admin page: what it shows is true, what it does happens, and it asks first."""

import json
import re
import subprocess
import time

import pytest

import tokens
from admin_page import AdminPage
from browser import chromium
from harness import clean_environment
from tenant_files import acme, globex
from tenant_files import start as start_with_tenants
from test_browser import DevServer
from waiting import eventually

VIEWS = ["traffic", "events", "tokens", "audit"]


@pytest.fixture(scope="module")
def browser():
    driver = chromium((1400, 1000))
    yield driver
    driver.quit()


@pytest.fixture
def page(browser):
    page = AdminPage(browser)
    page.severe()  # reading empties it: what other tests provoked is not this page's fault
    yield page
    page.reset()


@pytest.fixture
def admin_token(team):
    return team.token("root", role="admin")


@pytest.fixture
def live(page, team, admin_token):
    """The page, signed in as `root`, and listing what there is."""
    return page.open_live(team.server, admin_token)


# Connections

def test_it_lists_who_is_connected(team, page, admin_token):
    team.admin().create_board("side")
    first, second = team.stream("ann", board="main"), team.stream("ann", board="side", types="task.*")
    socket = team.socket("ben")
    page.open_live(team.server, admin_token)
    eventually(lambda: sorted(page.users()) == ["ann", "ann", "ben", "root"], "all of them are listed")
    assert page.text("#roster-count") == "4 connections"
    rows = {row[0].split()[1]: row for row in page.rows()}
    assert rows[first.established["connectionId"]][1:3] == ["sse", "main"]
    assert rows[second.established["connectionId"]][1:3] == ["sse", "side · task.*"]
    assert rows[socket.established["connectionId"]][1] == "websocket"
    assert [row[0].split()[0] for row in page.rows() if "this page" in row[0]] == ["root"]
    second.close()
    eventually(lambda: page.text("#roster-count") == "3 connections", "who leaves is no longer listed")


def test_it_filters_sorts_and_sums_up(team, page, admin_token):
    team.admin().create_board("side")
    for user, board in (("ann", "main"), ("ann", "side"), ("ben", "side")):
        team.stream(user, board=board)
    page.open_live(team.server, admin_token)
    eventually(lambda: len(page.users()) == 4, "all of them are listed")
    page.write("#roster-filter [name=text]", "AN")
    eventually(lambda: page.users() == ["ann", "ann"], "only those that match")
    assert page.text("#roster-count") == "2 of 4 connections"
    assert page.text("#roster-said") == "2 connections found"
    page.write("#roster-filter [name=text]", "nobody")
    eventually(lambda: page.texts("#roster .empty") == ["No connection matches."], "it says when there is none")
    page.find("#roster-filter [name=text]").clear()
    page.click("#roster-filter [name=board] option[value=side]")
    eventually(lambda: sorted(page.users()) == ["ann", "ben", "root"], "only those that show the board")
    page.click('#roster-filter [name=board] option[value=""]')

    page.click("#roster th button")
    eventually(lambda: page.users() == ["ann", "ann", "ben", "root"], "sorted by user")
    assert page.find("#roster th").get_attribute("aria-sort") == "ascending"
    page.click("#roster th button")
    eventually(lambda: page.users() == ["root", "ben", "ann", "ann"], "and the other way")

    page.by("user")
    assert [row[:2] for row in page.rows()] == [["ann", "2"], ["ben", "1"], ["root", "1"]]
    page.by("board")
    assert [row[:3] for row in page.rows()] == [["side", "3", "3"], ["main", "2", "2"]]
    page.press("Show the connections of main")
    eventually(lambda: sorted(page.users()) == ["ann", "root"], "those of one board")


def test_long_lists_come_a_page_at_a_time(team, page, admin_token):
    for number in range(25):
        team.stream(f"user-{number:02}", board="main")
    page.open_live(team.server, admin_token)
    eventually(lambda: page.text("#roster-count") == "26 connections", "all of them are counted")
    assert len(page.rows()) == 20 and page.texts("#roster .pager span") == ["1–20 of 26"]
    seen = page.users()
    page.click("#roster .pager button:last-child")
    assert len(page.rows()) == 6 and page.texts("#roster .pager span") == ["21–26 of 26"]
    assert len({*seen, *page.users()}) == 26


def test_a_user_is_cut_after_the_number_was_named(team, live):
    mine = [team.stream("ann", board="main") for _ in range(3)]
    other = team.stream("ben")
    live.by("user")
    live.press("Disconnect ann")
    assert "Disconnect 3 connections of ann?" in live.dialog()
    live.answer(False)
    team.fence(*mine, other)
    assert all(not stream.of_type("stream.closing") for stream in mine), "nobody is cut who was only asked about"

    live.press("Disconnect ann")
    assert "Disconnect 3 connections" in live.dialog()
    live.answer(True)
    for stream in mine:
        closing = stream.wait_for_type("stream.closing")
        assert closing["reason"] == "admin" and closing["reconnect"] is False
        stream.wait_for_end()
    live.says("#notices", "3 connections of ann cut.")
    team.fence(other)
    live.turn_to("audit")
    eventually(lambda: any("user" in row and "ann" in row and "root" in row for row in live.texts("#audit-list tbody tr")),
               "it is on record")


def test_one_connection_is_cut_and_may_come_back(team, live):
    kept, cut = team.stream("ann"), team.stream("ann")
    name = f"Disconnect ann, {cut.established['connectionId']}"
    live.press(name)
    words = live.dialog()
    assert "Disconnect 1 connection of ann?" in words and cut.established["connectionId"] in words
    live.click("#confirm [name=reconnect]")
    live.answer(True)
    assert cut.wait_for_type("stream.closing")["reconnectAfterMilliseconds"] > 0
    live.says("#notices", "1 connection of ann cut.")
    team.fence(kept)
    assert not kept.of_type("stream.closing")


def test_the_page_says_when_it_was_cut_itself_and_comes_back(team, live):
    live.press(f"Disconnect root, {team.admin().stats()['connections'][0]['id']}")
    assert "this page" in live.dialog()
    live.answer(True)
    live.says("#connection", "Cut off")
    live.click("#reconnect")
    live.says("#connection", "Live")


# Revocations

def test_revoking_a_user_names_the_number_and_cuts(team, live):
    streams = [team.stream("ann", claims={"iat": int(time.time())}) for _ in range(2)]
    live.turn_to("tokens")
    live.write("#revoke [name=sub]", "ann")
    live.write("#revoke [name=reason]", "left us")
    live.click("#revoke .danger")
    words = live.dialog()
    assert "Revoke every token of ann?" in words and "It cuts 2 connections." in words
    assert "cut 2 connections" in live.text("#confirm .danger")
    live.answer(True)
    for stream in streams:
        assert stream.wait_for_type("stream.closing")["reason"] == "revoked"
    eventually(lambda: any("ann" in row and "left us" in row for row in live.texts("#revocations tbody tr")), "it is listed")
    listed = team.admin().get("/api/revocations").json()["items"]
    assert [(item["sub"], item["reason"]) for item in listed] == [("ann", "left us")]


def test_one_token_and_all_that_are_older(team, live):
    lost = team.stream("ann", claims={"jti": "lost"})
    kept = team.stream("ann", claims={"jti": "kept", "iat": int(time.time())})
    live.turn_to("tokens")
    live.run("document.querySelector('#revoke [value=jti]').click()")
    live.write("#revoke [name=jti]", "lost")
    live.click("#revoke .danger")
    assert "Token lost is no longer good." in live.dialog()
    live.answer(True)
    assert lost.wait_for_type("stream.closing")["reason"] == "revoked"
    live.says("#notices", "1 connection cut.")
    team.fence(kept)

    live.run("document.querySelector('#revoke [value=issuedBefore]').click()")
    live.run("document.querySelector('#revoke [name=issuedBefore]').value = '2001-02-03T04:05:06'")
    live.click("#revoke .danger")
    assert "up to 2 connections" in live.dialog()
    live.answer(False)
    assert len(team.admin().get("/api/revocations").json()["items"]) == 1


def test_who_revokes_their_own_token_is_asked_for_another(team, live):
    live.by("user")
    live.press("Revoke the tokens of root")
    assert "That is you" in live.dialog()
    live.answer(True)
    live.says("#why", "revoked")
    assert live.find("#sign-in").is_displayed() and not live.find("#main").is_displayed()
    assert live.run("return sessionStorage.length") == 0


# Events

def test_an_event_is_shown_and_its_command_works(team, live):
    live.turn_to("events")
    api = team.api("ann")
    api.create_task("Before it")
    task = api.create_task("It's <b>here</b>")
    seq = api.last_seq
    api.create_task("Behind it")
    eventually(lambda: len(live.texts("#event-list li")) >= 3, "the events are there")
    row = next(one for one in live.all("#event-list button") if "It's <b>here</b>" in one.text)
    assert "task.created" in row.text and "main" in row.text and "ann" in row.text
    row.click()
    event = json.loads(live.text("#event-json"))
    assert (event["seq"], event["task"]) == (seq, task)

    live.driver.execute_cdp_cmd("Browser.grantPermissions", {
        "origin": team.server.url, "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]})
    live.click("#copy-curl")
    live.says("#notices", "The command is copied.")
    command = live.driver.execute_async_script("navigator.clipboard.readText().then(arguments[0])")
    assert command == live.text("#curl") and team.tenant not in command
    done = subprocess.run(
        ["sh", "-c", command], env=clean_environment({"BOARDCAST_TOKEN": team.token("eve")}), capture_output=True, timeout=60)
    assert json.loads(done.stdout)["events"] == [event], done.stderr


def test_it_pauses_and_filters(team, live):
    live.turn_to("events")
    api = team.api("ann")
    task = api.create_task("One")
    eventually(lambda: "One" in live.text("#event-list"), "the event is there")
    live.click("#pause")
    api.create_task("Two")
    api.patch_task(task["id"], {"name": "Three"})
    live.says("#pause", "Resume, 2 new")
    assert "Two" not in live.text("#event-list")
    live.click("#pause")
    eventually(lambda: "Two" in live.text("#event-list") and "Three" in live.text("#event-list"), "they are there again")

    live.write("#event-filter [name=types]", "task.up*")
    eventually(lambda: all("task.updated" in row for row in live.texts("#event-list li")), "only that type")
    assert "1 event" == live.text("#events-count")
    live.write("#event-filter [name=types]", "task.*")
    live.write("#event-filter [name=text]", "two")
    eventually(lambda: [row for row in live.texts("#event-list li") if "Two" not in row] == [], "only with that text")
    live.find("#event-filter [name=text]").clear()
    live.find("#event-filter [name=types]").clear()
    ok = api.post("/api/boards/main/typing", {"taskId": task["id"], "typing": True})
    assert ok.status_code == 204
    eventually(lambda: "typing" in live.text("#event-list"), "what is not logged is there, too")
    live.click("#event-filter [name=passing]")
    eventually(lambda: "typing" not in live.text("#event-list"), "unless it is not wanted")


def test_the_list_is_walked_by_keyboard(team, live):
    live.turn_to("events")
    for name in ("One", "Two", "Three"):
        team.api("ann").create_task(name)
    eventually(lambda: "Three" in live.text("#event-list"), "the events are there")
    live.click("#pause")
    live.run("document.querySelector('#event-list button').focus()")
    first = live.driver.switch_to.active_element.text
    live.driver.switch_to.active_element.send_keys("\ue015\ue007")  # down, enter
    assert live.driver.switch_to.active_element.text != first
    assert live.driver.switch_to.active_element.get_attribute("aria-pressed") == "true"
    assert live.find("#event-detail").is_displayed()
    live.click("#close-event")
    assert not live.find("#event-detail").is_displayed()


# The token debugger

def ask(page, token):
    page.turn_to("tokens")
    page.run(
        "const field = document.querySelector('#pasted'); field.value = arguments[0];"
        "field.dispatchEvent(new Event('input', { bubbles: true }))", token)
    page.click("#debugger .primary")
    eventually(lambda: page.find("#verdict").get_attribute("data-state") not in ("", "asking", None), "there is a verdict")
    return page.text("#verdict")


FORGED = tokens.assemble(
    {"alg": "HS256"}, tokens.claims("ann", "acme"), tokens.hs256("another key that is long enough to be one"))


def test_the_rule_that_a_token_breaks_is_named(team, live):
    soon = int(time.time()) + 3600
    another_key = tokens.hs256("another key that is long enough to be one")
    for token, rule, words in (
        (team.token(ttl=-3600), "expiry", "the token has expired (exp)"),
        (tokens.assemble({"alg": "HS256"}, tokens.claims("ann", team.tenant), another_key), "signature",
         "the signature does not match"),
        (tokens.assemble({"alg": "none"}, tokens.claims("ann", team.tenant)), "algorithm", "the token is not signed (alg)"),
        (tokens.mint("ann", "no tenant"), "tenant", "the tenant claim must be"),
        (team.token(role="boss"), "role", "role must be viewer"),
        (team.token(nbf=soon), "beginning", "not valid yet (nbf)"),
        (team.token(boards="main"), "boards", "boards must be an array"),
        ("not a token", "shape", "not three parts"),
    ):
        said = ask(live, token)
        assert said.startswith("Refused: ") and words in said
        state, why = live.rule(rule)
        assert state == "broken" and words in why


def test_a_token_is_read_without_sending_it(team, live):
    live.turn_to("tokens")
    live.run("performance.clearResourceTimings()")
    token = team.token(ttl=-3600)
    live.find("#pasted").send_keys(token)
    eventually(lambda: live.rule("expiry") == ["broken", "expired"], "the page can tell by itself")
    assert live.rule("signature") == ["unknown", ""]
    assert json.loads(live.text("#token-claims"))["sub"] == "ann"
    urls = live.run("return performance.getEntriesByType('resource').map(({ name }) => name)")
    assert not [url for url in urls if "/sse/stats" not in url and "/healthz" not in url and "/api/revocations" not in url], urls
    live.click("#forget")
    assert not live.find("#decoded").is_displayed() and live.text("#token-claims") == ""


def test_a_token_of_another_tenant_opens_nothing_here(team, live):
    assert ask(live, tokens.mint("eve", "elsewhere")) == (
        f"Good, but of another tenant: elsewhere. It opens nothing of {team.tenant}.")
    assert live.rule("tenant") == ["other", f"elsewhere, not {team.tenant}"]


def test_an_issuer_that_does_not_speak_for_the_tenant_is_named(start_server, tenants, page):
    server = start_with_tenants(start_server, tenants)
    page.open_live(server, acme("root", role="admin"))
    assert "Good, but of another tenant: globex" in ask(page, globex())
    words = "the token's issuer does not speak for this tenant"
    assert words in ask(page, tokens.sign(
        tokens.claims("eve", "globex", iss="https://acme.example"), "acme's own secret, of more than 32 bytes"))
    assert words in page.rule("tenant")[1]


def test_which_boards_a_token_opens(team, live):
    team.admin().create_board("side")
    assert ask(live, team.token(boards=["side", "gone"])) == "Good: the gateway accepts it, as member."
    eventually(lambda: live.texts("#matching li"), "the boards are listed")
    assert [re.sub(r"^\W ?", "", row) for row in live.texts("#matching li")] == [
        "main does not open", "side opens", "gone is named, but there is no such board"]
    assert live.rule("signature")[0] == "kept"


# Who may, and what stays behind

def test_a_member_is_told_that_it_takes_an_admin(team, page):
    page.open(team.server, team.token("ann"))
    page.says("#why", "This page needs an admin token; that of ann is a member's.")
    assert not page.find("#main").is_displayed() and not page.find("#views").is_displayed()
    assert team.admin().stats()["totalConnections"] == 0, "no stream was opened by it"
    page.find("#token").send_keys(team.token("root", role="admin"))
    page.click("#sign-in button")
    page.says("#connection", "Live")


def test_without_a_token_it_asks_and_forgets_when_told_to(team, page, admin_token):
    page.open(team.server)
    eventually(lambda: page.find("#sign-in").is_displayed(), "it asks for a token")
    assert page.text("#why") == ""
    page.find("#token").send_keys(team.token("root", role="admin", ttl=-3600))
    page.click("#sign-in button")
    page.says("#why", "expired")
    page.find("#token").send_keys(admin_token)
    page.click("#sign-in button")
    page.says("#connection", "Live")
    page.driver.refresh()
    page.says("#connection", "Live")
    page.click("#sign-out")
    assert page.find("#sign-in").is_displayed()
    assert page.run("return sessionStorage.length") == 0
    eventually(lambda: team.admin().stats()["totalConnections"] == 0, "its stream is closed")
    page.driver.refresh()
    eventually(lambda: page.find("#sign-in").is_displayed(), "it asks for a token again")


def test_the_token_is_in_this_tab_and_nowhere_else(team, live, admin_token):
    for view in VIEWS:
        live.turn_to(view)
    assert live.driver.current_url == f"{team.server.url}/admin#audit"
    assert live.run("return Object.keys(sessionStorage)") == ["boardcast.token"]
    assert live.run("return [localStorage.length, document.cookie]") == [0, ""]
    assert live.driver.execute_async_script(
        "const done = arguments[0]; Promise.all([indexedDB.databases(), caches.keys()]).then(([a, b]) => done([...a, ...b]))") == []
    urls = live.run("return performance.getEntriesByType('resource').map(({ name }) => name)")
    assert all(url.startswith(team.server.url) for url in urls), "the page needs nobody else"
    assert not [url for url in urls if admin_token in url or admin_token.rsplit(".", 1)[1] in url]
    assert admin_token not in live.run("return document.documentElement.outerHTML")
    assert live.severe() == []


def test_who_leaves_the_page_is_not_connected_any_more(team, live):
    live.driver.get("about:blank")
    eventually(lambda: team.admin().stats()["totalConnections"] == 0, "its stream is closed, though the browser keeps the page")
    live.driver.back()
    live.says("#connection", "Live")
    eventually(lambda: live.users() == ["root"], "and it is there again")


def test_names_are_text(team, page, admin_token):
    name = "<img src=x onerror=\"document.title='pwned'\">"
    team.stream(name)
    page.open_live(team.server, admin_token)
    eventually(lambda: name in page.users(), "the name is shown as it is")
    page.by("user")
    page.run("[...document.querySelectorAll('.acts button')].find((one) => one.checkVisibility()"
             " && one.getAttribute('aria-label') === `Disconnect ${arguments[0]}`).click()", name)
    assert f"Disconnect 1 connection of {name}?" in page.dialog()
    assert page.run("return document.querySelectorAll('main img, dialog img').length") == 0
    assert page.driver.title == "Admin · Boardcast"
    page.answer(False)


def test_the_page_lives_through_a_restart(start_server, make_team, page):
    server = start_server({"BOARDCAST_SSE_RETRY_MILLISECONDS": "300"})
    team = make_team(server)
    page.open_live(server, team.token("root", role="admin"))
    page.turn_to("events")
    server.kill()
    page.says("#connection", "Reconnecting")
    server.start()
    team.api("ann").create_task("Made meanwhile")
    page.says("#connection", "Live")
    eventually(lambda: "Made meanwhile" in page.text("#event-list"), "nothing is missing")
    page.turn_to("traffic")
    eventually(lambda: page.text("#trouble") == "" and page.users() == ["root"], "the figures go on")


def test_the_command_line_prints_where_it_is(tmp_path, page):
    server = DevServer(tmp_path / "dev").start()
    try:
        found = server.wait_for_line(re.compile(r"(http://\S+/admin#token=(\S+))"))
        assert found[2] == server.token
        page.driver.get(found[1])
        page.says("#connection", "Live")
    finally:
        server.dispose()


# For everybody

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
    assert live.texts("#charts thead th") == ["Half a minute to", "delivered", "happened"]


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
            ask(live, team.token(ttl=-3600))
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
            ask(live, team.token())
        assert live.run("return document.documentElement.scrollWidth") <= width, view
    live.turn_to("traffic")
    assert live.find("#roster .sort-choice").is_displayed() is (width < 960)
    name = next(one.get_attribute("aria-label") for one in live.all("#roster .acts button") if one.is_displayed())
    live.press(name)
    live.dialog()
    live.answer(False)


def test_nothing_moves_for_who_does_not_want_it(live):
    live.media(prefers_reduced_motion="reduce")
    moving = "return [...document.querySelectorAll('*')].filter((one) => getComputedStyle(one).transitionDuration !== '0s').length"
    assert live.run(moving) == 0 and live.run("return document.getAnimations().length") == 0
