"""A file may come coded with gzip or deflate, by itself or in a form."""

import gzip
import zlib

import pytest

from imports import FORM, end_of, form, post
from rest import ok, problem

TABLE = "Name;Status\nÄpfel;Done\n"


@pytest.mark.parametrize("coding, coded", [("gzip", gzip.compress), ("deflate", zlib.compress), ("X-GZIP", gzip.compress)])
def test_a_coded_file_is_taken(team, coding, coded):
    api = team.api("ann")
    done = end_of(api, post(api, coded(TABLE.encode()), Content_Encoding=coding))
    assert done["result"]["created"] == 1
    large = "Name\n" + "".join(f"card {i} {'x' * 400}\n" for i in range(3000))
    done = end_of(api, post(api, coded(large.encode()), Content_Encoding=coding))
    assert done["result"]["created"] == 3000
    whole = form(("name=board", b"main"), ("name=file; filename=a.csv", TABLE.encode()))
    done = end_of(api, post(api, coded(whole), FORM, Content_Encoding=coding))
    assert done["result"]["created"] == 1


def test_two_members_and_pieces_are_one_file(team):
    api = team.api("ann")
    body = gzip.compress(b"Name\nA\n") + gzip.compress(b"B\n")
    done = end_of(api, api.http.post("/api/import", content=(body[i:i + 7] for i in range(0, len(body), 7)),
                                     headers={"Content-Type": "text/csv", "Content-Encoding": "gzip"}))
    assert done["result"]["created"] == 2


def test_a_bomb_is_refused_and_costs_no_memory(team):
    api = team.api("ann")
    bomb = gzip.compress(b"Name\n" + b"x" * (512 << 20), 9)
    assert len(bomb) < 1 << 20
    before = team.server.rss_bytes()
    for kind, body in (("text/csv", bomb), (FORM, bomb)):
        refused = problem(post(api, body, kind, Content_Encoding="gzip"), 413)
        assert "http.maxImportBytes" in refused["detail"]
    assert team.server.peak_bytes() < before + (48 << 20)
    ok(post(api, gzip.compress(TABLE.encode()), Content_Encoding="gzip"), 202)


def test_a_coding_that_is_broken_or_not_known_is_refused(team):
    api = team.api("ann")
    whole = gzip.compress(TABLE.encode())
    for body in (whole[:-4], b"Name\nA\n", b""):
        assert problem(post(api, body, Content_Encoding="gzip"), 400)["code"] == "invalid_coding"
    refused = post(api, whole, Content_Encoding="br")
    assert problem(refused, 415)["code"] == "content_coding" and "gzip" in refused.headers["accept-encoding"]
