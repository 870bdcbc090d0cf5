"""The faults: what is done, when it is accepted, and which promise of Docs/RELIABILITY.md it supports."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    name: str
    fault: str
    done: str
    accepted: str
    promise: str
    times: int
    tests: tuple


ROWS = [
    Row("kill", "kill -9 under writers", "500 kills at random moments, 16 writers, readers that resume",
        "no acknowledged write lost, no number twice or out of order, `integrity_check` ok each time", "1, 2", 1,
        ("faults/test_crash.py",)),
    Row("power", "power cut", "strace over every kind of write", "no 2xx leaves before its frames are synced", "1", 1,
        ("faults/test_power_cut.py",)),
    Row("restart", "rolling restart", "50 × SIGTERM and start, writers and readers that resume",
        "exit 0, nothing lost, nothing doubled", "1, 4", 1, ("faults/test_rolling_restart.py",)),
    Row("lives", "another life of the database", "a copy put back, a cut write-ahead log, a reverted machine, restarts",
        "no cursor or entity tag of what was lost counts, each of the others does to the number", "4", 3,
        ("faults/test_lives.py",)),
    Row("edge", "retention's edge", "100,000 resumptions on eight transports under four writers, logs of 20 and of 1,300 "
        "events; 1,000 jobs followed in a log of one", "no event left out without a word, every job's end seen", "4", 1,
        ("faults/test_retention_edge.py",)),
    Row("storm", "restart storm", "kill -9 under 5,000 streams, all come back at once with their cursors",
        "all 200, nothing lost, nothing doubled", "4, 5", 3, ("faults/test_restart_storm.py",)),
    Row("pause", "pause", "SIGSTOP for 30 s under 200 streams", "nobody cut, nothing lost, nothing doubled", "4, 6", 2,
        ("faults/test_pause.py",)),
    Row("pause-jobs", "pause under jobs", "SIGSTOP for longer than a worker may be silent, reports sent meanwhile",
        "every report taken; afterwards a silent worker stalls as ever", "1", 3, ("faults/test_jobs_after_a_pause.py",)),
    Row("clock", "clock steps", "the wall clock set ahead and back by an hour and by ten years, and set right again; "
        "kill -9 and start with a wrong clock", "no event, job or answer lost, heartbeats and chores go on, tokens "
        "follow, a warning for each step", "1, 4, 6", 1, ("faults/test_clock_steps.py",)),
    Row("slow", "slow readers", "readers that stop reading, and read slowly", "bounded, the others unharmed, nothing lost",
        "5", 3, ("faults/test_slow_reader.py",)),
    Row("half-open", "half-open peers, resets", "peers that close one side, or reset in the middle",
        "removed, nobody else harmed", "5", 3, ("faults/test_half_open.py",)),
    Row("descriptors", "no descriptors left", "`ulimit -n` reached", "old streams live, new ones come later", "7", 3,
        ("faults/test_descriptors.py",)),
    Row("shutdown", "SIGTERM, SIGINT, a second signal", "streams, half requests, requests in flight",
        "everybody is informed, exit 0", "1, 4", 3, ("faults/test_drain.py", "faults/test_shutdown.py")),
    Row("rights", "a locked, and a full, disk under an admin's acts", "revocations and cuts while another process holds the "
        "database, and on a full disk", "in force within 1 s, and on disk once it can be", "6", 3, ("faults/test_rights.py",)),
    Row("endings", "a full disk, a locked database and kill -9 under imports", "the disk filled, the database locked, the process killed "
        "and stopped in the middle of an import, starts on a full disk, 40 kills at random moments; the same file sent again each time",
        "every job ends with its reason, no key hands out a dead one, each row is there once", "8", 1,
        ("faults/test_endings.py",)),
    Row("disk-full", "a full disk", "a flood of 30,000 writes on a full tmpfs, room again later; a large write-ahead log",
        "507, reads and streams go on, one error and one notice with the number refused, a few lines of refusals", "1, 9", 3,
        ("faults/test_full_disk.py",)),
    Row("locked", "a locked database", "`BEGIN EXCLUSIVE` in another process under 3,000 writes", "503, reads go on, one "
        "error and one notice with the number refused", "1, 9", 3, ("faults/test_locked_database.py",)),
    Row("wal", "a reader that does not end", "another process holds a snapshot until the write-ahead log has 272 MiB",
        "one warning, and one notice when it is small again, without another write", "9", 3, ("faults/test_large_wal.py",)),
    Row("refusals", "floods of bad tokens", "40,000 from one address, some from each of 300 addresses",
        "all counted in the log, in a line a second and address", "9", 3, ("faults/test_refusal_floods.py",)),
    Row("memory", "memory", "24 connections of bodies of a megabyte; 100 tenants with long logs and streams", "within the "
        "budgets, health answered, nothing lost", "7", 3, ("faults/test_memory_bodies.py", "faults/test_memory_frames.py")),
    Row("small", "little memory", "in a control group of 128 MiB, one tenant's clients send all that they may and read nothing: "
        "streams, polls, snapshots, lists, bodies, thousands of connections", "the process lives, another tenant's writes and "
        "streams go on, health checks are answered", "7", 3, ("faults/test_memory_limit.py",)),
    Row("tenants", "many tenants", "1,000 tenants, a stream each, in each log as many events of 4 KB as it keeps (100): together "
        "more than recent frames may take", "under 400 MiB, nothing lost", "7", 1, ("faults/test_memory_tenants.py",)),
    Row("file", "a wrong or damaged database file", "fifo, directory, no rights, hard link, missing table, newer schema, "
        "numbers at their ends; 1,000 damages to the file and its write-ahead log: bits, bytes, sectors", "exit 2 with path "
        "and cause, or the one row refused; all else as it was", "1, 4, 7", 1,
        ("faults/test_database_file.py", "faults/test_damage.py")),
    Row("http", "malformed and slow HTTP", "bad framing, slow heads and bodies", "refused, nobody else harmed", "7", 1,
        ("faults/test_malformed_http.py", "faults/test_slow_requests.py", "faults/test_http_connection.py")),
]
