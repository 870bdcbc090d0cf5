"""`boardcast publish`: events of one's own from the shell."""

import json

import pytest

from harness import run_command


def publish(team, *arguments, role="service", stdin="", url=None, **claims):
    environment = {"BOARDCAST_TOKEN": team.token("svc", role=role, **claims), "BOARDCAST_URL": url or team.server.url}
    return run_command("publish", *arguments, env=environment, stdin=stdin)


def test_an_event_is_published_and_its_number_printed(team):
    stream = team.stream("ann")
    result = publish(team, "--type", "deploy.finished", "--data", '{"build": 7}')
    assert result.returncode == 0, result.stderr
    event = stream.wait_for_seq(int(result.stdout))
    assert event.type == "deploy.finished" and event["data"] == {"build": 7} and event["actor"] == "svc"
    result = publish(team, "--type", "deploy.finished", "--board", "main", "--json")
    event = stream.wait_for_seq(json.loads(result.stdout)["seq"])
    assert event["boardId"] == "main" and event["data"] is None


def test_data_comes_from_a_file_or_stdin(team, tmp_path):
    stream = team.stream("ann")
    file = tmp_path / "data.json"
    file.write_text('["from a file"]')
    for arguments, stdin, data in ((("--data", f"@{file}"), "", ["from a file"]), (("--data", "-"), "42\n", 42)):
        result = publish(team, "--type", "a.b", *arguments, stdin=stdin)
        assert result.returncode == 0, result.stderr
        assert stream.wait_for_seq(int(result.stdout))["data"] == data


def test_an_ephemeral_event_reaches_its_user_and_has_no_number(team):
    stream, other = team.stream("ann"), team.stream("bob")
    result = publish(team, "--type", "meter.read", "--user", "ann", "--ephemeral", "--data", "1")
    assert (result.returncode, result.stdout) == (0, ""), result.stderr
    event = stream.wait_for_type("meter.read")
    assert event["data"] == 1 and event.seq is None
    team.fence(other)
    assert "meter.read" not in other.types()


@pytest.mark.parametrize(
    "arguments, role, code",
    [
        (("--type", "a.b"), "member", 3), (("--type", "a.b", "--board", "nope"), "service", 4),
        (("--type", "task.created"), "service", 2), (("--type", "a"), "service", 2),
        (("--type", "a.b", "--data", "{"), "service", 2), (("--type", "a.b", "--data", "@/none"), "service", 2),
        (("--type", "a.b", "--board", "main", "--user", "ann"), "service", 2), ((), "service", 2),
    ],
)
def test_what_goes_wrong_decides_the_exit(team, arguments, role, code):
    result = publish(team, *arguments, role=role)
    assert result.returncode == code, result.stderr
    assert result.stderr and not result.stdout


def test_no_server_is_exit_7_and_no_token_exit_2(team):
    assert publish(team, "--type", "a.b", url="http://127.0.0.1:1").returncode == 7
    assert run_command("publish", "--type", "a.b").returncode == 2
