"""The JavaScript client in a real browser: one stream for all tabs, whichever of them is there."""

import json

import pytest

from rest import Api, ok
from waiting import eventually

OPEN = """
    const [token, board] = arguments;
    const done = arguments[arguments.length - 1];
    import('/sdk/boardcast.js').then(({ Boardcast }) => {
        window.seqs = [];
        window.snapshots = 0;
        window.known = [];
        window.client = new Boardcast({ token: () => token, boards: [board] });
        client.on('snapshot', ({ tasks }) => {
            window.snapshots += 1;
            window.known = tasks.map(({ id }) => id);
        });
        client.on('task.created', event => { seqs.push(event.seq); window.known.push(event.taskId); });
        client.open();
        done();
    });
"""

LOOK = """
    return JSON.stringify({
        state: client.state, transport: client.status.transport, seqs, known: window.known, snapshots: window.snapshots,
        connectionId: client.connectionId,
    });
"""


class Tabs:
    """Tabs of one browser, each with a client of its own."""

    def __init__(self, driver, url, token):
        self.driver, self.url, self.token = driver, url, token
        self.handles = []
        self.home = driver.current_window_handle

    def open(self, board="main"):
        self.driver.switch_to.new_window("tab")
        # Any page of the gateway will do: the client is what is looked at here, under the pages' security policy.
        self.driver.get(self.url + "/sdk/boardcast.d.ts")
        self.driver.execute_async_script(OPEN, self.token, board)
        self.handles.append(self.driver.current_window_handle)
        return self.handles[-1]

    def look(self, handle):
        self.driver.switch_to.window(handle)
        return json.loads(self.driver.execute_script(LOOK))

    def all(self):
        return [self.look(handle) for handle in self.handles]

    def close(self, handle):
        self.driver.switch_to.window(handle)
        self.driver.close()
        self.handles.remove(handle)
        self.driver.switch_to.window(self.home)

    def cdp(self, handle, command, **parameters):
        self.driver.switch_to.window(handle)
        self.driver.execute_cdp_cmd(command, parameters)

    def leader(self):
        return next(handle for handle in self.handles if self.look(handle)["transport"] == "stream")

    def close_all(self):
        for handle in list(self.handles):
            self.close(handle)


@pytest.fixture
def shared(start_server, make_team):
    return make_team(start_server({"BOARDCAST_SSE_RETRY_MILLISECONDS": "200"}))


@pytest.fixture
def tabs(shared, driver):
    tabs = Tabs(driver, shared.server.url, shared.token("ann"))
    yield tabs
    tabs.close_all()


def streams(team):
    return team.admin().stats()["totalConnections"]


def all_live(tabs):
    eventually(lambda: all(tab["state"] == "live" for tab in tabs.all()), "every tab is live")


def assert_complete(tabs, team):
    """Each tab knows every task, from its state or from one event, and nothing twice."""
    tasks = sorted(task["id"] for task in team.api("ann").snapshot()["tasks"])

    def complete():
        return all(sorted(tab["known"]) == tasks and tab["snapshots"] == 1 for tab in tabs.all())

    eventually(complete, "every tab knows every task, once")
    for tab in tabs.all():
        assert tab["seqs"] == sorted(set(tab["seqs"])), "in order, and once"


def test_seven_tabs_are_live_on_one_connection(shared, tabs):
    """HTTP/1.1 gives a browser six connections to a host: seven streams would leave none for anything else."""
    api = shared.api("ben")
    for i in range(7):
        tabs.open()
        api.create_task(f"while tab {i} opens")
    all_live(tabs)
    eventually(lambda: streams(shared) == 1, "there is one connection")
    assert [tab["transport"] for tab in tabs.all()].count("stream") == 1
    assert len({tab["connectionId"] for tab in tabs.all()}) == 1
    for i in range(10):
        api.create_task(f"task {i}")
    assert_complete(tabs, shared)


def test_when_the_leading_tab_is_closed_the_others_go_on(shared, tabs):
    api = shared.api("ben")
    for _ in range(4):
        tabs.open()
    all_live(tabs)
    while len(tabs.handles) > 1:
        api.create_task("before")
        tabs.close(tabs.leader())
        api.create_task("after")
        eventually(lambda: any(tab["transport"] == "stream" for tab in tabs.all()), "another tab leads")
        all_live(tabs)
        api.create_task("later")
        assert_complete(tabs, shared)
        eventually(lambda: streams(shared) == 1, "there is one connection")


def test_when_the_leading_tab_is_loaded_anew_the_others_go_on(shared, tabs):
    api = shared.api("ben")
    for _ in range(3):
        tabs.open()
    all_live(tabs)
    leader = tabs.leader()
    tabs.driver.get("about:blank")
    tabs.handles.remove(leader)
    api.create_task("meanwhile")
    eventually(lambda: any(tab["transport"] == "stream" for tab in tabs.all()), "another tab leads")
    assert_complete(tabs, shared)
    tabs.driver.switch_to.window(leader)
    tabs.driver.close()
    tabs.driver.switch_to.window(tabs.home)


def test_when_the_leading_tab_is_frozen_the_others_go_on(shared, tabs):
    """What a browser does to tabs that nobody has looked at for long."""
    api = shared.api("ben")
    for _ in range(3):
        tabs.open()
    all_live(tabs)
    leader = tabs.leader()
    tabs.cdp(leader, "Page.setWebLifecycleState", state="frozen")
    tabs.handles.remove(leader)
    api.create_task("while one is frozen")
    eventually(lambda: any(tab["transport"] == "stream" for tab in tabs.all()), "another tab leads")
    assert_complete(tabs, shared)
    tabs.cdp(leader, "Page.setWebLifecycleState", state="active")
    tabs.handles.append(leader)
    api.create_task("after it thawed")
    all_live(tabs)
    assert_complete(tabs, shared)
    eventually(lambda: streams(shared) == 1, "there is one connection")


HANG = """
    const [token] = arguments;
    setTimeout(() => {
        const request = new XMLHttpRequest();
        request.open('GET', `/api/events?since=${client.cursor}&types=test.never&wait=25`, false);
        request.setRequestHeader('Authorization', `Bearer ${token}`);
        request.send();
    });
"""


def test_a_leading_tab_that_hangs_is_replaced(shared, tabs):
    api = shared.api("ben")
    for _ in range(3):
        tabs.open()
    all_live(tabs)
    leader = tabs.leader()
    tabs.driver.switch_to.window(leader)
    tabs.driver.execute_script(HANG, tabs.token)
    tabs.handles.remove(leader)
    api.create_task("while one hangs")
    eventually(lambda: any(tab["transport"] == "stream" for tab in tabs.all()), "another tab leads")
    assert_complete(tabs, shared)
    tabs.handles.append(leader)
    all_live(tabs)
    api.create_task("after it came round")
    assert_complete(tabs, shared)
    eventually(lambda: streams(shared) == 1, "there is one connection")
    assert [tab["transport"] for tab in tabs.all()].count("stream") == 1


def test_tabs_with_different_boards_share_a_connection(shared, tabs):
    shared.admin().create_board("side")
    main, side = tabs.open("main"), tabs.open("side")
    all_live(tabs)
    api = shared.api("ben")
    for i in range(5):
        for board in ("main", "side"):
            api.create_task(f"task {i}", boardId=board)
    eventually(lambda: [len(tabs.look(tab)["known"]) for tab in (main, side)] == [5, 5], "each has its own five")
    eventually(lambda: streams(shared) == 1, "there is one connection")
    assert set(tabs.look(main)["seqs"]).isdisjoint(tabs.look(side)["seqs"])


@pytest.mark.parametrize("gracefully", [True, False], ids=["restart", "crash"])
def test_all_tabs_come_back_with_the_gateway(shared, tabs, gracefully):
    for _ in range(3):
        tabs.open()
    all_live(tabs)
    shared.server.restart(gracefully)
    api = Api(shared.server.url, shared.token("ben"))
    api.create_task("after the restart")
    all_live(tabs)
    assert_complete(tabs, shared)


def test_the_client_is_served_to_pages_of_configured_origins_too(start_server):
    server = start_server({"BOARDCAST_HTTP_CORS_ORIGINS": "https://app.example"})
    for path, kind in (("/sdk/boardcast.js", "text/javascript"), ("/sdk/boardcast.d.ts", "text/plain")):
        answer = ok(Api(server.url).get(path, headers={"Origin": "https://app.example"}))
        assert answer.headers["content-type"].startswith(kind)
        assert answer.headers["access-control-allow-origin"] == "https://app.example"


def test_a_token_is_in_no_url_and_no_storage(shared, tabs):
    tabs.open()
    all_live(tabs)
    urls = tabs.driver.execute_script("return performance.getEntriesByType('resource').map(entry => entry.name)")
    assert any("/snapshot" in url for url in urls)
    signature = tabs.token.rsplit(".", 1)[1]
    assert not any(signature in url for url in urls) and signature not in shared.server.log()
    stored = tabs.driver.execute_script("return [localStorage.length, sessionStorage.length, document.cookie]")
    assert stored == [0, 0, ""]


def test_other_users_tabs_have_a_stream_of_their_own(shared, tabs):
    tabs.open()
    tabs.token = shared.token("cat")
    tabs.open()
    all_live(tabs)
    assert streams(shared) == 2
