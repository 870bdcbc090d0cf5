"""The process stands still (SIGSTOP) and goes on: nobody is cut, nothing is lost, nothing comes twice."""

import signal
import threading
import time

import tokens
from board_model import assert_dense
from herd import Herd
from rest import Api, ok
from scale import report, scale

STREAMS = scale(30, 200)
SECONDS = scale(3, 30)


def numbers(member):
    return [event["seq"] for event in member.events if "seq" in event]


def test_a_pause_loses_nothing_and_cuts_nobody(start_server):
    server = start_server()
    api = Api(server.url, tokens.mint("ann"))
    before = api.create_task("before")
    with Herd() as herd:
        members = [herd.open(server, tokens.mint(f"reader{number}")) for number in range(STREAMS)]
        herd.run(lambda: all(member.cursor for member in members))
        api.patch_task(before["id"], {"name": "heard"})
        herd.run(lambda: all(numbers(member) for member in members))
        server.process.send_signal(signal.SIGSTOP)
        # A request that is sent meanwhile is answered afterwards.
        answers = []
        writing = threading.Thread(
            target=lambda: answers.append(api.patch(f"/api/tasks/{before['id']}", {"name": "meanwhile"})))
        writing.start()
        # The pause is the fault itself, not a wait for something.
        time.sleep(SECONDS)
        cpu = server.cpu_seconds()
        server.process.send_signal(signal.SIGCONT)
        resumed = time.monotonic()
        writing.join(60)
        ok(answers[0], 200)
        answered = time.monotonic() - resumed
        for number in range(20):
            api.patch_task(before["id"], {"name": f"after {number}"})
        last = api.last_seq
        herd.run(lambda: all(numbers(member)[-1:] == [last] for member in members))
        for member in members:
            assert not member.ended
            assert_dense(numbers(member), numbers(member)[0])
            assert [event for event in member.events if event["type"].startswith("stream.")] == []
    report(
        streams=STREAMS, seconds_stopped=SECONDS, cut=0, lost=0, doubled=0,
        first_answer_ms=round(answered * 1e3), cpu_afterwards_seconds=round(server.cpu_seconds() - cpu, 2))
