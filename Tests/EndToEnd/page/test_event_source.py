"""The browser's own EventSource, through restarts."""

import json

import pytest

from rest import Api
from sse import seq_of
from waiting import eventually

LISTEN = """
    window.received = [];
    const source = new EventSource('/sse/connect?token=' + encodeURIComponent(arguments[0]));
    source.onmessage = message => window.received.push({id: message.lastEventId, data: JSON.parse(message.data)});
    window.source = source;
"""
SIGN_IN = """
    const [token, done] = arguments;
    fetch('/api/session', {method: 'POST', headers: {Authorization: 'Bearer ' + token}}).then(answer => done(answer.status));
"""
FOLLOW_BY_COOKIE = LISTEN.replace("'/sse/connect?token=' + encodeURIComponent(arguments[0])", "'/sse/connect'")


@pytest.mark.parametrize("way", ["query", "cookie"])
def test_a_native_event_source_comes_back_and_loses_nothing(dev, dev_page, way):
    token = dev.token
    if way == "cookie":
        assert dev_page.execute_async_script(SIGN_IN, token) == 204
        assert dev_page.execute_script("return document.cookie") == "", "scripts do not see it"
        dev_page.execute_script(FOLLOW_BY_COOKIE)
    else:
        dev_page.execute_script(LISTEN, token)

    def received():
        return json.loads(dev_page.execute_script("return JSON.stringify(window.received)"))

    def established(times):
        found = [event for event in received() if event["data"]["type"] == "connection.established"]
        return len(found) >= times

    eventually(lambda: established(1), "the stream is open")
    start = seq_of(received()[0]["id"])
    api = Api(dev.url, token)
    for round, gracefully in enumerate((False, True, False), start=1):
        for i in range(5):
            api.create_task(f"before restart {round}.{i}")
        dev.restart(gracefully)
        api = Api(dev.url, token)
        for i in range(5):
            api.create_task(f"after restart {round}.{i}")
        eventually(lambda: established(round + 1), "the browser came back by itself")
    api.create_task("the last")
    eventually(lambda: received()[-1]["data"].get("seq") == api.last_seq, "the last event arrived")

    durable = [event for event in received() if "seq" in event["data"]]
    assert [event["data"]["seq"] for event in durable] == list(range(start + 1, api.last_seq + 1))
    assert all(seq_of(event["id"]) == event["data"]["seq"] for event in durable)
    assert not [event for event in received() if event["data"]["type"] == "stream.resync"]
    dev_page.execute_script("window.source.close()")
