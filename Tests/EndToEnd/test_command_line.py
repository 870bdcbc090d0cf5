"""The command line: tokens made and checked, events followed, connections counted."""

import json
import re
import signal
import socket
import subprocess
import threading
import time

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

import tokens
from harness import binary, clean_environment, run_command
from rest import Api, ok
from tokens import SECRET
from waiting import DEADLINE


@pytest.fixture
def key_file(tmp_path):
    file = tmp_path / "secret"
    file.write_text(SECRET)
    return file


@pytest.mark.parametrize("command", [
    "", "serve", "token", "token mint", "token verify", "tail", "publish", "stats", "job", "job run", "import",
])
def test_every_command_explains_itself(command):
    result = run_command(*command.split(), "--help")
    assert result.returncode == 0, result.stderr
    assert "usage" in result.stdout.lower()


@pytest.mark.parametrize("command", [["srve"], ["token", "mnt"], ["tail", "--bord", "x"], ["token", "mint"]])
def test_wrong_usage_is_exit_2(command):
    result = run_command(*command)
    assert result.returncode == 2, f"{result.returncode}: {result.stderr}"
    assert result.stderr and not result.stdout


# token mint, token verify

def test_a_minted_token_opens_the_server_and_satisfies_pyjwt(server, key_file):
    result = run_command(
        "token", "mint", "--sub", "cli", "--tenant", "cli-tenant", "--role", "admin",
        "--board", "main", "--board", "side", "--ttl", "2h", "--kid", "k1", "--claim", 'team="red"', "--claim", "level=3", "--key-file", key_file,
    )
    assert result.returncode == 0, result.stderr
    token = result.stdout.strip()
    assert "\n" not in token
    claims = jwt.decode(token, SECRET, algorithms=["HS256"])
    assert claims["sub"] == "cli" and claims["tenant"] == "cli-tenant" and claims["role"] == "admin"
    assert claims["boards"] == ["main", "side"]
    assert claims["team"] == "red" and claims["level"] == 3
    assert abs(claims["exp"] - time.time() - 7200) < 120
    assert jwt.get_unverified_header(token)["kid"] == "k1"
    ok(Api(server.url, token).get("/sse/stats"), 200)


def test_a_minted_token_lives_an_hour_and_is_a_members_by_default(key_file):
    token = run_command("token", "mint", "--sub", "u", "--tenant", "t", "--key-file", key_file).stdout.strip()
    claims = jwt.decode(token, SECRET, algorithms=["HS256"])
    assert abs(claims["exp"] - time.time() - 3600) < 120
    assert claims.get("role", "member") == "member" and "boards" not in claims


@pytest.mark.parametrize("algorithm", ["RS256", "PS384", "ES256"])
def test_a_token_is_minted_with_a_private_key(tmp_path, algorithm):
    private = (
        ec.generate_private_key(ec.SECP256R1()) if algorithm.startswith("ES")
        else rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )
    file = tmp_path / "private.pem"
    file.write_bytes(private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ))
    result = run_command("token", "mint", "--sub", "u", "--tenant", "t", "--alg", algorithm, "--key-file", file)
    assert result.returncode == 0, result.stderr
    assert jwt.decode(result.stdout.strip(), private.public_key(), algorithms=[algorithm])["sub"] == "u"


def test_a_good_token_is_verified_and_printed(key_file):
    token = tokens.mint("ann", "acme", role="admin")
    result = run_command("token", "verify", "--key-file", key_file, token)
    assert result.returncode == 0, result.stderr
    printed = json.loads(result.stdout)
    assert {"alg": "HS256", "typ": "JWT"}.items() <= printed["header"].items()
    assert printed["claims"] == jwt.decode(token, SECRET, algorithms=["HS256"])


@pytest.mark.parametrize(
    "make, word",
    [
        (lambda: tokens.mint(ttl=-3600), "exp"),
        (lambda: tokens.sign(tokens.claims(), key="another key that is long enough, too"), "signature"),
        (lambda: tokens.assemble({"alg": "none"}, tokens.claims(), lambda _: b""), "alg|sign"),
        (lambda: tokens.mint(tenant=None), "tenant"),
        (lambda: "rubbish", ""),
    ],
    ids=["expired", "forged", "alg none", "no tenant", "rubbish"],
)
def test_a_bad_token_is_exit_3_and_the_rule(key_file, make, word):
    result = run_command("token", "verify", "--key-file", key_file, make())
    assert result.returncode == 3, f"{result.returncode}: {result.stderr}"
    assert result.stdout == ""
    assert result.stderr and re.search(word, result.stderr.lower())
    assert SECRET not in result.stderr


def test_a_bare_signature_is_checked_whatever_the_payload(key_file):
    token = tokens.assemble({"alg": "HS256"}, b"not JSON at all")
    assert run_command("token", "verify", "--key-file", key_file, token).returncode == 3
    assert run_command("token", "verify", "--signature-only", "--key-file", key_file, token).returncode == 0
    forged = tokens.assemble({"alg": "HS256"}, b"not JSON at all", tokens.hs256(b"k" * 32))
    assert run_command("token", "verify", "--signature-only", "--key-file", key_file, forged).returncode == 3


def test_a_token_is_verified_with_a_jwk(tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    file = tmp_path / "key.json"
    file.write_text(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key()))
    token = tokens.sign(tokens.claims(), key=key, algorithm="ES256")
    assert run_command("token", "verify", "--jwk", file, token).returncode == 0
    other = tokens.sign(tokens.claims(), key=ec.generate_private_key(ec.SECP256R1()), algorithm="ES256")
    assert run_command("token", "verify", "--jwk", file, other).returncode == 3


# tail

class Tail:
    """`tail --json`, its lines collected as they come."""

    def __init__(self, team, *arguments, token=None):
        self.lines, self._changed = [], threading.Condition()
        self.process = subprocess.Popen(
            [str(binary()), "tail", "--url", team.server.url, "--json", *arguments],
            env=clean_environment({"BOARDCAST_TOKEN": token or team.token("tail")}),
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            with self._changed:
                self.lines.append(json.loads(line))
                self._changed.notify_all()

    def wait_for(self, predicate, what):
        end = time.monotonic() + DEADLINE
        with self._changed:
            while not any(map(predicate, self.lines)):
                left = end - time.monotonic()
                state = f"exit {self.process.poll()}, {len(self.lines)} lines, the last: {self.lines[-2:]}"
                assert left > 0 and self.process.poll() is None, f"never printed {what}: {state}"
                self._changed.wait(min(left, 0.5))

    def names(self):
        with self._changed:
            return [line["task"]["name"] for line in self.lines if line["type"] == "task.created"]

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(DEADLINE)


@pytest.fixture
def tail():
    running = []

    def start(*arguments, **options):
        running.append(Tail(*arguments, **options))
        return running[-1]

    yield start
    for one in running:
        one.stop()


def named(name):
    return lambda line: line["type"] == "task.created" and line["task"]["name"] == name


def test_tail_prints_each_event_as_a_line_of_json(team, tail):
    api = team.api("ann")
    since = api.head()
    api.create_task("before")
    following = tail(team, "--since", since)
    following.wait_for(named("before"), "an event since the cursor")
    api.create_task("live")
    following.wait_for(named("live"), "a live event")
    assert following.names() == ["before", "live"]
    durable = [line for line in following.lines if "seq" in line]
    assert durable == api.whole_log(since)


def test_tail_follows_boards_and_types(team, tail):
    team.admin().create_board("side")
    api = team.api("ann")
    since = api.head()
    following = tail(team, "--since", since, "--board", "side", "--types", "task.created")
    api.create_task("on main")
    task = api.create_task("on side", boardId="side")
    api.patch_task(task["id"], {"name": "renamed"})
    api.create_task("fence", boardId="side")
    following.wait_for(named("fence"), "the fence")
    assert [line["type"] for line in following.lines if "seq" in line] == ["task.created"] * 2
    assert following.names() == ["on side", "fence"]


def test_tail_survives_restarts_without_a_gap(start_server, make_team, tail):
    server = start_server({"BOARDCAST_SSE_RETRY_MILLISECONDS": "200"})
    team = make_team(server)
    api = team.api("ann")
    following = tail(team, "--since", api.head())
    api.create_task("0")
    following.wait_for(named("0"), "the first event")
    team.close()
    for i, gracefully in enumerate((False, True), start=1):
        server.restart(gracefully)
        team.api("ann").create_task(f"{i}")
        team.close()
    following.wait_for(named("2"), "an event after two restarts")
    assert following.names() == ["0", "1", "2"]


def test_tail_interrupted_is_exit_130(team, tail):
    api = team.api("ann")
    following = tail(team, "--since", api.head())
    api.create_task("running")
    following.wait_for(named("running"), "an event")
    following.process.send_signal(signal.SIGINT)
    assert following.process.wait(DEADLINE) == 130


def test_tail_with_a_bad_token_gives_up(team):
    result = run_command("tail", "--url", team.server.url, env={"BOARDCAST_TOKEN": team.token(ttl=-3600)})
    assert result.returncode == 3, f"{result.returncode}: {result.stderr}"
    assert "exp" in result.stderr


def test_tail_of_an_unknown_board_is_exit_4(team):
    result = run_command("tail", "--url", team.server.url, "--board", "nowhere", env={"BOARDCAST_TOKEN": team.token()})
    assert result.returncode == 4, f"{result.returncode}: {result.stderr}"


def test_tail_takes_its_token_from_a_file(team, tmp_path):
    file = tmp_path / "token"
    file.write_text("rubbish\n")
    result = run_command("tail", "--url", team.server.url, "--token-file", file)
    assert result.returncode == 3, f"{result.returncode}: {result.stderr}"


# stats

def test_stats_prints_what_the_server_says(team):
    stream = team.stream("ann")
    result = run_command(
        "stats", "--url", team.server.url, "--json", env={"BOARDCAST_TOKEN": team.token("root", role="admin")}
    )
    assert result.returncode == 0, result.stderr
    printed = json.loads(result.stdout)
    assert printed["totalConnections"] == 1
    assert printed["connections"][0]["id"] == stream.established["connectionId"]


def test_stats_for_people_names_the_users(team):
    team.stream("somebody-special")
    result = run_command("stats", "--url", team.server.url, env={"BOARDCAST_TOKEN": team.token("root", role="admin")})
    assert result.returncode == 0, result.stderr
    assert "somebody-special" in result.stdout
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


def test_a_token_is_never_asked_for_as_a_flags_value():
    for command in (["tail"], ["stats"]):
        assert "--token <" not in run_command(*command, "--help").stdout
        assert run_command(*command, "--token", "secret").returncode == 2
