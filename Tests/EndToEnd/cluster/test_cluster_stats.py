"""What administrators see of several gateways."""

from cluster import first_word
from rest import CONNECTION_FIELDS, ok, problem
from waiting import eventually


def test_the_connections_of_all_nodes_are_listed_with_their_nodes(three, everywhere):
    team = everywhere(three.servers)
    admin = team[0].admin()
    three.wait_for_each_other(admin, 3)
    for number in range(3):
        for user in ("ann", f"only{number}"):
            team[number].stream(user, board="main")
    found = ok(admin.get("/sse/stats")).json()
    assert found["totalConnections"] == 6 and found["nextCursor"] is None
    assert sorted((row["userId"], row["node"]) for row in found["connections"]) == [
        ("ann", "a"), ("ann", "b"), ("ann", "c"), ("only0", "a"), ("only1", "b"), ("only2", "c")]
    assert all(CONNECTION_FIELDS <= set(row) for row in found["connections"])
    assert [(node["name"], node["silent"]) for node in found["nodes"]] == [("a", False), ("b", False), ("c", False)]
    eventually(
        lambda: all(node["connections"] >= 2 for node in admin.get("/sse/stats").json()["nodes"]),
        "each node's connections are known")
    assert [node["address"] for node in found["nodes"][:1]] == [three.servers[0].url]

    seen, cursor = [], None
    while True:
        page = ok(admin.get("/sse/stats", params={"limit": 2, **({"cursor": cursor} if cursor else {})})).json()
        assert len(page["connections"]) <= 2 and page["totalConnections"] == 6
        seen += [row["id"] for row in page["connections"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break
    assert seen == [row["id"] for row in found["connections"]]
    assert ok(admin.get("/sse/stats", params={"userId": "only2"})).json()["totalConnections"] == 1


def test_a_tenant_sees_nobody_elses_connections_on_other_nodes(two, everywhere):
    ours, theirs = everywhere(two.servers), everywhere(two.servers)
    two.wait_for_each_other(ours[0].admin(), 2)
    stream = theirs[1].stream("ann")
    assert ok(ours[0].admin().get("/sse/stats")).json()["totalConnections"] == 0
    problem(ours[0].admin().delete(f"/sse/connections/{stream.established['connectionId']}"), 404)
    assert ok(ours[0].admin().delete("/sse/users/ann/connections")).json()["connections"] == 0
    problem(ours[0].api("ann").post(f"/sse/connections/{stream.established['connectionId']}/token"), 404)
    theirs[1].fence(stream)


def test_a_tenants_connections_count_on_all_nodes_together(make_cluster, everywhere):
    two = make_cluster(2, env={"BOARDCAST_LIMITS_CONNECTIONS_PER_TENANT": "3"})
    team = everywhere(two.servers)
    team[0].stream("ann"), team[0].stream("ben")
    one = team[1].stream("cat")

    def is_refused():
        word, stream = first_word(team[1], "dan")
        if word == "connection.established":
            stream.close()
        return word == "stream.closing" and stream.events[0]["reason"] == "limit_reached"

    eventually(is_refused, "the other node knows of them")
    assert not one.closed

