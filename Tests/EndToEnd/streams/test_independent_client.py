"""The same stream through a second, unrelated client: requests and sseclient-py."""

import json

import requests

from second_client import by_sseclient
from waiting import DEADLINE


def test_sseclient_sees_the_same_events(team):
    with requests.get(
        team.server.url + "/sse/connect", params={"token": team.token("ann"), "types": "task.*"}, stream=True, timeout=DEADLINE
    ) as response:
        assert response.status_code == 200
        events = by_sseclient(response)
        first = next(events)
        assert json.loads(first.data)["type"] == "connection.established"
        assert first.event == "message"

        api = team.api("ben")
        task = api.create_task("Seen twice")
        api.patch_task(task["id"], {"status": "in_progress"})
        api.delete_task(task["id"])

        seen = [next(events) for _ in range(3)]
    assert [json.loads(event.data)["type"] for event in seen] == [
        "task.created", "task.status_changed", "task.deleted",
    ]
    numbers = [int(event.id.split("-")[0]) for event in [first, *seen]]
    assert numbers == list(range(numbers[0], numbers[0] + 4))
    assert json.loads(seen[1].data)["newStatus"] == "in_progress"
