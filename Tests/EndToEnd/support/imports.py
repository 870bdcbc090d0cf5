"""Imports by REST: a file is sent, and the job that works on it is followed to its end."""

import csv
import io
from pathlib import Path

from rest import ok
from waiting import eventually


def rows_csv(count, prefix="row"):
    """A file of `count` tasks, by turns in the inbox and in review."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["name", "status", "labels"])
    for i in range(1, count + 1):
        writer.writerow([f"{prefix} {i}", ["inbox", "review"][i % 2], "bulk; even" if i % 2 == 0 else "bulk"])
    return out.getvalue()


#: Files as the usual tools write them.
CASES = Path(__file__).parents[1] / "fixtures" / "cases"


def send(api, content, kind="text/csv", board="main", key=None, lists=None):
    headers = {**({"Content-Type": kind} if kind else {}), **({"Idempotency-Key": key} if key else {})}
    params = {"board": board, **({"lists": lists} if lists else {})}
    return api.http.post("/api/import", params=params, content=content, headers=headers)


def job_of(api, answer):
    return ok(api.get(ok(answer, 202).headers["location"]), 200).json()


def end_of(api, answer):
    ok(answer, 202)
    final = ("completed", "failed", "cancelled")
    return eventually(lambda: (job := job_of(api, answer))["status"] in final and job, "the import's end")


def post(api, content, kind="text/csv", params=None, **headers):
    """Like `send`, with any query and header fields."""
    headers = {"Content-Type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return api.http.post("/api/import", params=params or {}, content=content, headers=headers)


def form(*parts):
    """The body of a form of the type `FORM`; a part is what its disposition says, and its bytes."""
    lines = []
    for head, body in parts:
        lines += [b"--x\r\nContent-Disposition: form-data; " + head.encode() + b"\r\n\r\n" + body + b"\r\n"]
    return b"".join(lines) + b"--x--\r\n"


FORM = "multipart/form-data; boundary=x"
