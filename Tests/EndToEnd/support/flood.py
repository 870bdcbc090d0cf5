"""Many requests at once, on connections that are kept, and what they were answered."""

import threading
from collections import Counter

from wire import Wire


def flood(server, count, connections=8, method="POST", path="/api/tasks", token=None, headers=(), body=b""):
    """Sends `count` requests in all, one after another on each connection; returns how often each status came."""
    statuses, lock, left = Counter(), threading.Lock(), [count]

    def run():
        own = Counter()
        with Wire(server) as wire:
            while True:
                with lock:
                    if left[0] <= 0:
                        break
                    left[0] -= 1
                wire.request(method, path, token, headers=headers, body=body)
                own[wire.response().status] += 1
        with lock:
            statuses.update(own)

    threads = [threading.Thread(target=run) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses.total() == count, f"a connection failed: {statuses}"
    return statuses
