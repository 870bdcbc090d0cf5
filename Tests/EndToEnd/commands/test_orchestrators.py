"""What orchestrators, compose files and charts put into the environment."""

import pytest

from cases import CASES, environment_of
from harness import run_command
from rest import Api, ok, status
from tokens import SECRET, mint


def start(start_server, name, **options):
    return start_server(environment_of(name, secret=SECRET), **options)


def token_of(server):
    return mint(sub="ann", tenant="acme")


def test_a_service_beside_it_does_not_keep_it_from_starting(start_server):
    server = start(start_server, "F7-01.give.env")
    assert status(server, token_of(server)) == 200


def test_empty_variables_are_unset(start_server):
    server = start(start_server, "F7-02.give.env")
    assert status(server, token_of(server)) == 200


def test_an_address_may_have_its_brackets(start_server):
    server = start(start_server, "F7-04.give.env")
    assert server.url.startswith("http://[::1]:")
    assert status(server, token_of(server)) == 200


@pytest.mark.parametrize("name", ["F7-05.give.env", "F7-05k.give.env"])
def test_a_line_end_is_no_part_of_a_secret(start_server, name):
    server = start(start_server, name)
    assert status(server, token_of(server)) == 200


def test_a_level_of_the_log_may_be_in_capitals(start_server):
    server = start(start_server, "F7-07.give.env")
    ok(Api(server.url).get("/readyz"))


def test_every_input_is_tried():
    tried = {"F7-01.give.env", "F7-02.give.env", "F7-04.give.env", "F7-05.give.env", "F7-05k.give.env", "F7-07.give.env"}
    assert {path.name for path in CASES.glob("F7-*")} == tried


@pytest.mark.parametrize(
    "name, value",
    [("BOARDCAST_HTTP_SERVICE_HOST", "boards.example.com"), ("BOARDCAST_HTTP_PROT", "80"), ("BOARDCAST_AUTH_ISUER", ""),
     ("BOARDCAST_WEB_PORT", "http://10.0.0.1:80"), ("BOARDCAST_LOG_LEVEL", "loud"), ("BOARDCAST_HTTP_HOST", "[::1]:80")])
def test_a_misspelt_setting_or_value_is_still_refused(tmp_path, name, value):
    done = run_command("serve", "--port", "0", env={"BOARDCAST_AUTH_SECRET": SECRET, name: value}, cwd=tmp_path)
    assert done.returncode == 2
    assert name in done.stderr and done.stdout == ""
