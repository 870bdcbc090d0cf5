"""What a request says of its file: a charset, and a form's fields."""

import pytest

from imports import FORM, end_of, form, post
from rest import ok, problem


@pytest.mark.parametrize("charset, text", [
    ("windows-1250", "Žluťoučký kůň"), ("windows-1251", "Привет"), ("iso-8859-2", "Zażółć"), ("iso-8859-15", "10 €"),
    ("windows-1253", "Καλημέρα"), ("koi8-r", "Привет"), ("utf-16", "日本 😀"), ("utf-32", "日本 😀"),
])
def test_a_declared_charset_is_read(team, charset, text):
    api = team.api("ann")
    content = f"Name,Status\n{text},Done\n".encode(charset)
    end_of(api, post(api, content, f"text/csv; header=present; charset=\"{charset.upper()}\""))
    part = (b"--x\r\nContent-Disposition: form-data; name=file; filename=a.csv\r\nContent-Type: text/csv; charset="
            + charset.encode() + b"\r\n\r\n" + content + b"\r\n--x--\r\n")
    end_of(api, post(api, part, FORM))
    assert [task["name"] for task in api.snapshot()["tasks"]] == [text, text]


def test_a_charset_that_is_not_known_is_refused_by_name(team):
    api = team.api("ann")
    content = "Name\nカード\n"
    refused = problem(post(api, content.encode("shift_jis"), "text/csv; charset=Shift_JIS"), 400)
    assert "Shift_JIS" in refused["detail"] and "UTF-8" in refused["detail"]
    ok(post(api, content.encode(), "text/csv; charset=Shift_JIS"), 202)
    done = end_of(api, post(api, b"\xef\xbb\xbf" + content.encode(), "text/csv; charset=windows-1250"))
    assert done["result"]["encoding"] == "utf-8" and api.snapshot()["tasks"][-1]["name"] == "カード"


def test_a_forms_fields_say_what_a_query_says(team):
    api, admin = team.api("ann"), team.admin()
    ok(admin.http.post("/api/boards", json={"id": "plan"}), 201)
    file = ("name=file; filename=a.csv", b"Name,Status\nA,Ideas\n")
    board, create = ("name=\"board\"", b"plan"), ("name=lists", b"create")
    done = end_of(admin, post(admin, form(board, create, ("name=submit", b"Send"), file), FORM))
    assert done["boardId"] == "plan" and done["result"]["addedColumns"] == [{"id": "ideas", "name": "Ideas"}]
    done = end_of(admin, post(admin, form(file, board), FORM, {"board": "plan"}))
    assert done["boardId"] == "plan", "the same twice, and after the file"
    problem(post(api, form(create, file), FORM), 403)
    for parts, query in (((board, file), {"board": "main"}), ((create, file), {"lists": "match"}),
                         ((board, ("name=board", b"main"), file), {}), ((("name=lists", b"make"), file), {})):
        assert problem(post(admin, form(*parts), FORM, query), 400)["code"] == "invalid_query"
    problem(post(api, form(("name=board", b"nada"), file), FORM), 404)
    assert api.snapshot()["tasks"] == []


def test_a_second_file_is_refused(team):
    api = team.api("ann")
    file = ("name=file; filename=a.csv", b"Name\nA\n")
    refused = problem(post(api, form(file, ("name=more; filename=b.csv", b"Name\nB\n")), FORM), 400)
    assert refused["code"] == "invalid_file" and "more than one file" in refused["detail"]
    done = end_of(api, post(api, form(file, ('name=more; filename=""', b"")), FORM))
    assert done["result"]["created"] == 1, "a choice of a file that was not made is none"
