"""The admin page's facts about the server, and where each connection comes from."""

from waiting import eventually

BROWSERS = ("chromium", "firefox")


def facts(live, selector):
    return live.run("return Object.fromEntries([...document.querySelectorAll(`${arguments[0]} > div`)]"
                    ".map((row) => [row.querySelector('dt').textContent, row.querySelector('dd').textContent]))", selector)


def test_it_says_which_server_it_is(team, live):
    for n in range(3):
        team.api("ann").create_task(f"Task {n}")
    team.api("ann", ttl=-3600).get("/api/tasks")
    live.says("#server-line", f"{team.server.url.removeprefix('http://')} · ")
    live.says("#server-line", " · up ")
    live.turn_to("server")
    eventually(lambda: facts(live, "#facts").get("Newest event") == "number 3", "the log is told")
    told = facts(live, "#facts")
    assert told["In the log"] == "3 events, from number 1" and told["Connections"] == "1"
    assert told["Database"].startswith("SQLite") and " of log" in told["Database"]
    assert facts(live, "#limits")["Writes of a user a second"].startswith("1,000,000, 1,000,000 at once"), "as the tests set it"
    assert any("HS256" in key for key in facts(live, "#keys").values())
    assert int(facts(live, "#refusals")["Tokens: expiry"]) >= 1
    live.says("#no-figures", "within a minute")


def test_connections_say_where_they_come_from(team, live):
    team.stream("ann", headers={"User-Agent": "curl/8.5.0 (a; b)"})
    eventually(lambda: any("curl/8.5.0" in cell and "127.0.0.1" in cell for row in live.rows() for cell in row), "it is told")
    live.write("#roster-filter [name=text]", "curl")
    eventually(lambda: live.users() == ["ann"], "and found by it")
