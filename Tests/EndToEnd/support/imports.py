"""Imports by REST: a file is sent, and the job that works on it is followed to its end."""

import csv
import io

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


def send(api, content, kind="text/csv", board="main", key=None):
    headers = {"Content-Type": kind, **({"Idempotency-Key": key} if key else {})}
    return api.http.post("/api/import", params={"board": board}, content=content, headers=headers)


def job_of(api, answer):
    return ok(api.get(ok(answer, 202).headers["location"]), 200).json()


def end_of(api, answer):
    ok(answer, 202)
    final = ("completed", "failed", "cancelled")
    return eventually(lambda: (job := job_of(api, answer))["status"] in final and job, "the import's end")
