"""Three nodes under load, of which one dies now and then, while the database's backends are ended and it is started anew."""

import os
import time

import tokens
from board_model import assert_dense
from nodes import Nodes, RoamingReader, RoamingWriter
from rest import Api
from scale import report
from sse import seq_of
from storm import Ledger, Storm, check_acknowledged, check_every_operation_once
from waiting import DEADLINE, eventually

#: How long the storm lasts; the seed of all chance in it is `BOARDCAST_TEST_SEED`.
SECONDS = float(os.environ.get("BOARDCAST_STORM_SECONDS") or 60)
WRITERS, READERS = 12, 16


def test_nothing_is_lost_or_doubled_wherever_people_are(database, start_server, rng):
    """Every write that was acknowledged is heard by every reader once, in one order, whichever nodes they were on."""
    name = "cluster_storm"
    database.sql(f"CREATE DATABASE {name}")
    nodes = Nodes(start_server(database_url=database.url(name)) for _ in range(3))
    storm = Storm(None)
    storm.up.set()
    tenants = ["north", "south"]
    ledgers = {}
    for tenant in tenants:
        admin = Api(nodes.any(rng).url, tokens.mint("root", tenant, role="admin"))
        admin.create_board("side")
        ledgers[tenant] = Ledger(admin)
        admin.close()
    writers = [
        RoamingWriter(storm, nodes, tenants[i % 3 % 2], f"writer{i}", rng.random()) for i in range(WRITERS)]
    readers = [
        RoamingReader(storm, nodes, tenants[i % 2], f"reader{i}", rng.random()) for i in range(READERS)]
    for reader in readers:
        reader.start()
    eventually(lambda: all(reader.stream and reader.stream.events for reader in readers), "the readers are connected")
    for writer in writers:
        writer.start()

    def kill_node():
        node = nodes.any(rng)
        nodes.kill(node)
        storm.wait_for_acknowledged(storm.acknowledged + rng.randint(1, 60))
        nodes.start(node)

    def restart_database():
        database.stop(rng.choice([2, 3]))
        database.start()

    def end_backends():
        database.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")

    def end_listeners():
        database.sql(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND query ~ '^(UN)?LISTEN'")

    deeds = [kill_node, restart_database, end_backends, end_listeners]
    counts = {deed.__name__: 0 for deed in deeds}
    end = time.monotonic() + SECONDS
    turn = 0
    while time.monotonic() < end or turn < len(deeds):
        storm.wait_for_acknowledged(storm.acknowledged + rng.randint(1, 150))
        # Each of them at least once, and then by chance.
        deed = deeds[turn] if turn < len(deeds) else rng.choice(deeds)
        turn += 1
        deed()
        counts[deed.__name__] += 1
        assert [person.failure for person in writers + readers if person.failure] == []
    storm.wait_for_acknowledged(storm.acknowledged + 100)
    storm.over.set()
    for writer in writers:
        writer.join(DEADLINE)
        assert not writer.is_alive() and writer.failure is None, writer.failure

    heads = {}
    for tenant, ledger in ledgers.items():
        api = Api(nodes.any(rng).url, tokens.mint("root", tenant, role="admin"))
        ledger.read_on(api)
        ledger.check_boards(api)
        api.close()
        operations = [operation for writer in writers if writer.tenant == tenant for operation in writer.done]
        check_acknowledged(operations, ledger)
        check_every_operation_once(operations, ledger)
        heads[tenant] = ledger.start + len(ledger.events)
    for reader in readers:
        reader.head = heads[reader.tenant]
        # A reader that stands at the head already waits for nothing: it is cut, and finds that it is done.
        if reader.stream:
            eventually(lambda: reader.is_done() or not reader.is_alive() or has_heard(reader), "a reader caught up")
            reader.stream.close()
    for reader in readers:
        reader.join(DEADLINE)
        assert not reader.is_alive() and reader.failure is None, reader.failure
        ledger = ledgers[reader.tenant]
        assert_dense([event["seq"] for event in reader.events], reader.start_seq + 1)
        assert reader.events == ledger.events[reader.start_seq - ledger.start:], "something was told that is not kept"
        assert reader.moves > 3, "it went from node to node"
    repeated = sum(operation.attempts > 1 for writer in writers for operation in writer.done)
    report(
        seconds=SECONDS, writes_acknowledged=storm.acknowledged, asked_again=repeated,
        moves=sum(reader.moves for reader in readers), **counts, lost=0, doubled=0)


def has_heard(reader):
    events = reader.stream.events
    return any(event.id and seq_of(event.id) >= reader.head for event in events[-3:])
