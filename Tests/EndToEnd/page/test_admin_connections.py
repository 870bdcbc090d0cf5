"""The admin page's connections and revocations: what it shows is true, what it does happens, and it asks first."""

import time

from waiting import eventually


# Connections.


def test_it_lists_who_is_connected(team, admin_page, admin_token):
    team.admin().create_board("side")
    first, second = team.stream("ann", board="main"), team.stream("ann", board="side", types="task.*")
    socket = team.socket("ben")
    admin_page.open_live(team.server, admin_token)
    eventually(lambda: sorted(admin_page.users()) == ["ann", "ann", "ben", "root"], "all of them are listed")
    assert admin_page.text("#roster-count") == "4 connections"
    rows = {row[0].split()[1]: row for row in admin_page.rows()}
    assert rows[first.established["connectionId"]][1:3] == ["sse", "main"]
    assert rows[second.established["connectionId"]][1:3] == ["sse", "side · task.*"]
    assert rows[socket.established["connectionId"]][1] == "websocket"
    assert [row[0].split()[0] for row in admin_page.rows() if "this page" in row[0]] == ["root"]
    second.close()
    eventually(lambda: admin_page.text("#roster-count") == "3 connections", "who leaves is no longer listed")


def test_it_filters_sorts_and_sums_up(team, admin_page, admin_token):
    team.admin().create_board("side")
    for user, board in (("ann", "main"), ("ann", "side"), ("ben", "side")):
        team.stream(user, board=board)
    admin_page.open_live(team.server, admin_token)
    eventually(lambda: len(admin_page.users()) == 4, "all of them are listed")
    admin_page.write("#roster-filter [name=text]", "AN")
    eventually(lambda: admin_page.users() == ["ann", "ann"], "only those that match")
    assert admin_page.text("#roster-count") == "2 of 4 connections"
    assert admin_page.text("#roster-said") == "2 connections found"
    admin_page.write("#roster-filter [name=text]", "nobody")
    eventually(lambda: admin_page.texts("#roster .empty") == ["No connection matches."], "it says when there is none")
    admin_page.find("#roster-filter [name=text]").clear()
    admin_page.click("#roster-filter [name=board] option[value=side]")
    eventually(lambda: sorted(admin_page.users()) == ["ann", "ben", "root"], "only those that show the board")
    admin_page.click('#roster-filter [name=board] option[value=""]')

    admin_page.click("#roster th button")
    eventually(lambda: admin_page.users() == ["ann", "ann", "ben", "root"], "sorted by user")
    assert admin_page.find("#roster th").get_attribute("aria-sort") == "ascending"
    admin_page.click("#roster th button")
    eventually(lambda: admin_page.users() == ["root", "ben", "ann", "ann"], "and the other way")

    admin_page.by("user")
    assert [row[:2] for row in admin_page.rows()] == [["ann", "2"], ["ben", "1"], ["root", "1"]]
    admin_page.by("board")
    assert [row[:3] for row in admin_page.rows()] == [["side", "3", "3"], ["main", "2", "2"]]
    admin_page.press("Show the connections of main")
    eventually(lambda: sorted(admin_page.users()) == ["ann", "root"], "those of one board")


def test_long_lists_come_a_page_at_a_time(team, admin_page, admin_token):
    for number in range(25):
        team.stream(f"user-{number:02}", board="main")
    admin_page.open_live(team.server, admin_token)
    eventually(lambda: admin_page.text("#roster-count") == "26 connections", "all of them are counted")
    assert len(admin_page.rows()) == 20 and admin_page.texts("#roster .pager span") == ["1–20 of 26"]
    seen = admin_page.users()
    admin_page.click("#roster .pager button:last-child")
    assert len(admin_page.rows()) == 6 and admin_page.texts("#roster .pager span") == ["21–26 of 26"]
    assert len({*seen, *admin_page.users()}) == 26


def test_a_user_is_cut_after_the_number_was_named(team, live):
    mine = [team.stream("ann", board="main") for _ in range(3)]
    other = team.stream("ben")
    live.by("user")
    live.press("Disconnect ann")
    assert "Disconnect 3 connections of ann?" in live.dialog()
    live.answer(False)
    team.fence(*mine, other)
    assert all(not stream.of_type("stream.closing") for stream in mine), "nobody is cut who was only asked about"

    live.press("Disconnect ann")
    assert "Disconnect 3 connections" in live.dialog()
    live.answer(True)
    for stream in mine:
        closing = stream.wait_for_type("stream.closing")
        assert closing["reason"] == "admin" and closing["reconnect"] is False
        stream.wait_for_end()
    live.says("#notices", "3 connections of ann cut.")
    team.fence(other)
    live.turn_to("audit")
    eventually(lambda: any("user" in row and "ann" in row and "root" in row for row in live.texts("#audit-list tbody tr")),
               "it is on record")


def test_one_connection_is_cut_and_may_come_back(team, live):
    kept, cut = team.stream("ann"), team.stream("ann")
    name = f"Disconnect ann, {cut.established['connectionId']}"
    live.press(name)
    words = live.dialog()
    assert "Disconnect 1 connection of ann?" in words and cut.established["connectionId"] in words
    live.click("#confirm [name=reconnect]")
    live.answer(True)
    assert cut.wait_for_type("stream.closing")["reconnectAfterMilliseconds"] > 0
    live.says("#notices", "1 connection of ann cut.")
    team.fence(kept)
    assert not kept.of_type("stream.closing")


def test_the_page_says_when_it_was_cut_itself_and_comes_back(team, live):
    live.press(f"Disconnect root, {team.admin().stats()['connections'][0]['id']}")
    assert "this page" in live.dialog()
    live.answer(True)
    live.says("#connection", "Cut off")
    live.click("#reconnect")
    live.says("#connection", "Live")


# Revocations.


def test_revoking_a_user_names_the_number_and_cuts(team, live):
    streams = [team.stream("ann", claims={"iat": int(time.time())}) for _ in range(2)]
    live.turn_to("tokens")
    live.write("#revoke [name=sub]", "ann")
    live.write("#revoke [name=reason]", "left us")
    live.click("#revoke .danger")
    words = live.dialog()
    assert "Revoke every token of ann?" in words and "It cuts 2 connections." in words
    assert "cut 2 connections" in live.text("#confirm .danger")
    live.answer(True)
    for stream in streams:
        assert stream.wait_for_type("stream.closing")["reason"] == "revoked"
    eventually(lambda: any("ann" in row and "left us" in row for row in live.texts("#revocations tbody tr")), "it is listed")
    listed = team.admin().get("/api/revocations").json()["items"]
    assert [(item["sub"], item["reason"]) for item in listed] == [("ann", "left us")]


def test_one_token_and_all_that_are_older(team, live):
    lost = team.stream("ann", claims={"jti": "lost"})
    kept = team.stream("ann", claims={"jti": "kept", "iat": int(time.time())})
    live.turn_to("tokens")
    live.run("document.querySelector('#revoke [value=jti]').click()")
    live.write("#revoke [name=jti]", "lost")
    live.click("#revoke .danger")
    assert "Token lost is no longer good." in live.dialog()
    live.answer(True)
    assert lost.wait_for_type("stream.closing")["reason"] == "revoked"
    live.says("#notices", "1 connection cut.")
    team.fence(kept)

    live.run("document.querySelector('#revoke [value=issuedBefore]').click()")
    live.run("document.querySelector('#revoke [name=issuedBefore]').value = '2001-02-03T04:05:06'")
    live.click("#revoke .danger")
    assert "up to 2 connections" in live.dialog()
    live.answer(False)
    assert len(team.admin().get("/api/revocations").json()["items"]) == 1


def test_who_revokes_their_own_token_is_asked_for_another(team, live):
    live.by("user")
    live.press("Revoke the tokens of root")
    assert "That is you" in live.dialog()
    live.answer(True)
    live.says("#why", "revoked")
    assert live.find("#sign-in").is_displayed() and not live.find("#main").is_displayed()
    assert live.run("return sessionStorage.length") == 0
