"""The admin page: who may see it, and what stays behind when they leave."""

import re

from admin_page import VIEWS
from dev_server import DevServer
from waiting import eventually


def test_a_member_is_told_that_it_takes_an_admin(team, admin_page):
    admin_page.open(team.server, team.token("ann"))
    admin_page.says("#why", "This page needs an admin token; that of ann is a member's.")
    assert not admin_page.find("#main").is_displayed() and not admin_page.find("#views").is_displayed()
    assert team.admin().stats()["totalConnections"] == 0, "no stream was opened by it"
    admin_page.find("#token").send_keys(team.token("root", role="admin"))
    admin_page.click("#sign-in button")
    admin_page.says("#connection", "Live")


def test_without_a_token_it_asks_and_forgets_when_told_to(team, admin_page, admin_token):
    admin_page.open(team.server)
    eventually(lambda: admin_page.find("#sign-in").is_displayed(), "it asks for a token")
    assert admin_page.text("#why") == ""
    admin_page.find("#token").send_keys(team.token("root", role="admin", ttl=-3600))
    admin_page.click("#sign-in button")
    admin_page.says("#why", "expired")
    admin_page.find("#token").send_keys(admin_token)
    admin_page.click("#sign-in button")
    admin_page.says("#connection", "Live")
    admin_page.driver.refresh()
    admin_page.says("#connection", "Live")
    admin_page.click("#sign-out")
    assert admin_page.find("#sign-in").is_displayed()
    assert admin_page.run("return sessionStorage.length") == 0
    eventually(lambda: team.admin().stats()["totalConnections"] == 0, "its stream is closed")
    admin_page.driver.refresh()
    eventually(lambda: admin_page.find("#sign-in").is_displayed(), "it asks for a token again")


def test_the_token_is_in_this_tab_and_nowhere_else(team, live, admin_token):
    for view in VIEWS:
        live.turn_to(view)
    assert live.driver.current_url == f"{team.server.url}/admin#server"
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


def test_names_are_text(team, admin_page, admin_token):
    name = "<img src=x onerror=\"document.title='pwned'\">"
    team.stream(name)
    admin_page.open_live(team.server, admin_token)
    eventually(lambda: name in admin_page.users(), "the name is shown as it is")
    admin_page.by("user")
    admin_page.run("[...document.querySelectorAll('.acts button')].find((one) => one.checkVisibility()"
             " && one.getAttribute('aria-label') === `Disconnect ${arguments[0]}`).click()", name)
    assert f"Disconnect 1 connection of {name}?" in admin_page.dialog()
    assert admin_page.run("return document.querySelectorAll('main img, dialog img').length") == 0
    assert admin_page.driver.title == "Admin · Boardcast"
    admin_page.answer(False)


def test_the_page_lives_through_a_restart(start_server, make_team, admin_page):
    server = start_server({"BOARDCAST_SSE_RETRY_MILLISECONDS": "300"})
    team = make_team(server)
    admin_page.open_live(server, team.token("root", role="admin"))
    admin_page.turn_to("events")
    server.kill()
    admin_page.says("#connection", "Reconnecting")
    server.start()
    team.api("ann").create_task("Made meanwhile")
    admin_page.says("#connection", "Live")
    eventually(lambda: "Made meanwhile" in admin_page.text("#event-list"), "nothing is missing")
    admin_page.turn_to("traffic")
    eventually(lambda: admin_page.text("#trouble") == "" and admin_page.users() == ["root"], "the figures go on")


def test_the_link_that_the_command_line_prints_opens_it_too(tmp_path, admin_page):
    server = DevServer(tmp_path / "dev").start()
    try:
        assert server.wait_for_line(re.compile(r"http://\S+/admin"))
        admin_page.driver.get(server.page_url.replace("/#", "/admin#"))
        admin_page.says("#connection", "Live")
    finally:
        server.dispose()
