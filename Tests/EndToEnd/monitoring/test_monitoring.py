"""`Deploy/monitoring`: the alerts fire when they should, and a Prometheus that watches a gateway finds what alerts and
dashboard ask for."""

import json
import re
import socket
import subprocess

import httpx
import pytest

from harness import ROOT
from issuer import Issuer
from rest import Api
from waiting import DEADLINE, eventually

FOLDER = ROOT / "Deploy" / "monitoring"
ALERTS = FOLDER / "alerts.yml"
TESTS = ROOT / "Tests" / "EndToEnd" / "fixtures" / "alerts.yml"

#: Expressions that have no data on a gateway where nothing goes wrong, and why.
EMPTY = {"changes(process_start_time_seconds": "nothing was started anew"}


def promtool(*arguments):
    done = subprocess.run(["promtool", *map(str, arguments)], capture_output=True, text=True, timeout=DEADLINE)
    assert done.returncode == 0, done.stdout + done.stderr


def alerts():
    """The text of each alert by its name."""
    blocks = re.split(r"^ +- alert: ", ALERTS.read_text(), flags=re.M)[1:]
    return {block.split("\n", 1)[0]: block for block in blocks}


def dashboard():
    return json.loads((FOLDER / "dashboard.json").read_text())


def expressions():
    """Those of the dashboard, for one gateway and a short time."""
    board = dashboard()
    found = [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]
    found += [annotation["expr"] for annotation in board["annotations"]["list"]]
    return [text.replace("$job", "boardcast").replace("$instance", ".*").replace("$__rate_interval", "10s") for text in found]


def test_the_files_are_as_prometheus_wants_them():
    promtool("check", "config", FOLDER / "prometheus.yml")
    promtool("check", "rules", ALERTS)


def test_each_alert_fires_when_it_should_and_not_before(tmp_path):
    rules = tmp_path / "alerts.yml"
    rules.write_text(TESTS.read_text().replace("RULES", str(ALERTS)))
    promtool("test", "rules", rules)
    for name in alerts():
        assert TESTS.read_text().count(f"alertname: {name}\n") == 1, f"no test lets {name} fire"
        assert f"alertname: {name}}}" in TESTS.read_text(), f"no test keeps {name} quiet"


def test_each_alert_says_what_to_do_and_where_more_is_written():
    headings = re.findall(r"^### (\w+)$", (ROOT / "Docs" / "OPERATE.md").read_text(), re.M)
    for name, text in alerts().items():
        assert f"runbook: Docs/OPERATE.md#{name.lower()}\n" in text and name in headings
        assert re.search(r"action: \w+", text) and re.search(r"severity: (page|ticket)", text)
    assert [name for name in headings if name.startswith("Boardcast")] == list(alerts())


def test_every_metric_that_they_ask_for_is_documented():
    documented = set(re.findall(r"^\| `(\w+)", (ROOT / "Docs" / "METRICS.md").read_text(), re.M)) | {"up"}
    asked = "\n".join([*expressions(), *(text.split("annotations:")[0] for text in alerts().values())])
    for name in re.findall(r"\b(?:boardcast|process)_\w+", asked):
        assert re.sub(r"_(bucket|sum|count)$", "", name) in documented, name


def test_panels_have_places_of_their_own_and_words():
    panels = dashboard()["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken = set()
    for panel in panels:
        place = panel["gridPos"]
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
        assert panel["title"] and not cells & taken and place["x"] + place["w"] <= 24
        taken |= cells


class Prometheus:
    """A Prometheus that scrapes one target each second, by the configuration that we give people."""

    def __init__(self, directory, target):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{free.getsockname()[1]}"
        text = (FOLDER / "prometheus.yml").read_text()
        assert "127.0.0.1:9464" in text and "15s" in text
        text = text.replace("127.0.0.1:9464", target).replace("15s", "1s").replace("[alerts.yml]", f"[{ALERTS}]")
        config = directory / "prometheus.yml"
        config.write_text(text)
        self.log = open(directory / "prometheus.log", "wb")
        self.process = subprocess.Popen(
            ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={directory / 'data'}",
             f"--web.listen-address={self.url.removeprefix('http://')}"],
            stdout=self.log, stderr=self.log)

    def ask(self, path, **query):
        try:
            answer = httpx.get(self.url + path, params=query, timeout=DEADLINE)
        except httpx.TransportError:
            assert self.process.poll() is None, "Prometheus has ended"
            return None
        assert answer.status_code in (200, 503), answer.text
        return answer.json()["data"] if answer.status_code == 200 else None

    def values(self, expression):
        data = self.ask("/api/v1/query", query=expression)
        return [float(sample["value"][1]) for sample in data["result"]] if data else []

    def close(self):
        self.process.terminate()
        self.process.wait(DEADLINE)
        self.log.close()


@pytest.fixture
def watched(start_server, make_team, tmp_path):
    """A gateway with a bit of everything, the Prometheus that watches it, and what keeps it busy."""
    issuer = Issuer()
    issuer.rotate("one")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = start_server({"BOARDCAST_OPS_PORT": str(port), "BOARDCAST_AUTH_JWKS_URL": issuer.url})
    team = make_team(server)
    team.stream("follower")
    prometheus = Prometheus(tmp_path, f"127.0.0.1:{port}")
    yield team, prometheus
    prometheus.close()
    issuer.close()


def test_prometheus_finds_what_the_dashboard_asks_for(watched):
    team, prometheus = watched
    api = team.api("ann")

    def answered(expression):
        """Whether there is a number; there is load until then."""
        api.create_task("load")
        Api(team.server.url, "no.good.token").get("/api/tasks")
        team.stream("guest", since="nonsense").close()
        values = prometheus.values(expression)
        return bool(values) and all(value == value for value in values)

    for expression in expressions():
        if any(expression.startswith(start) for start in EMPTY):
            assert prometheus.ask("/api/v1/query", query=expression)["result"] == [], expression
        else:
            eventually(lambda: answered(expression), f"there is data for {expression}")


def test_no_alert_fires_about_a_gateway_that_is_well(watched):
    team, prometheus = watched

    def rules():
        data = prometheus.ask("/api/v1/rules")
        found = [rule for group in data["groups"] for rule in group["rules"]] if data else []
        return found if found and all(rule["health"] != "unknown" for rule in found) else None

    eventually(lambda: prometheus.values('up{job="boardcast"} == 1'), "it is scraped")
    team.api("ann").create_task("a")
    found = eventually(rules, "the rules are evaluated")
    assert {rule["name"] for rule in found} == set(alerts())
    for rule in found:
        assert rule["health"] == "ok" and not rule.get("lastError"), rule
        assert rule["state"] == "inactive", rule
