"""`boardcast stats`: what the server says, for programs and for people."""

import json
import re
import socket

from harness import run_command


def test_stats_prints_what_the_server_says(team):
    stream = team.stream("ann")
    result = run_command(
        "stats", "--url", team.server.url, "--json", env={"BOARDCAST_TOKEN": team.token("root", role="admin")}
    )
    assert result.returncode == 0, result.stderr
    printed = json.loads(result.stdout)
    assert printed["totalConnections"] == 1
    (connection,) = printed["connections"]
    assert connection["id"] == stream.established["connectionId"]
    assert connection["address"] == "127.0.0.1" and connection["client"].startswith("python-httpx/")
    assert printed["server"]["log"] == {"head": 0, "oldest": 1}
    assert printed["server"]["database"]["bytes"] > 0


def test_stats_for_people_names_the_users(team):
    team.stream("somebody-special")
    result = run_command("stats", "--url", team.server.url, env={"BOARDCAST_TOKEN": team.token("root", role="admin")})
    assert result.returncode == 0, result.stderr
    assert "somebody-special" in result.stdout
    *_, sum_of_it, server = result.stdout.splitlines()
    assert sum_of_it.startswith("1 connection, ")
    assert re.match(r"Boardcast \d+\.\d+\.\d+.*, up \d.*, no event yet, database \d+ [kM]B, and \d+ [kM]B of log$", server)
    assert "\x1b[" not in result.stdout, "NO_COLOR is honoured"


def test_stats_says_why_it_cannot(team):
    url = team.server.url
    assert run_command("stats", "--url", url, env={"BOARDCAST_TOKEN": team.token("ann")}).returncode == 3
    assert run_command("stats", "--url", url, env={"BOARDCAST_TOKEN": "rubbish"}).returncode == 3
    assert run_command("stats", "--url", url).returncode in (2, 3), "no token at all"


def test_stats_of_a_server_that_is_not_there_is_exit_7(team):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        result = run_command("stats", "--url", url, env={"BOARDCAST_TOKEN": team.token("root", role="admin")})
    assert result.returncode == 7, f"{result.returncode}: {result.stderr}"
