"""A cable between a client and the server that can be pulled and put back."""

import socket
import threading
from urllib.parse import urlsplit


class Relay:
    """Passes TCP connections on to `url`. While it is cut there are none, and new ones are closed at once. While it is
    held they stay open and nothing gets through, as on a network that has gone without a word."""

    def __init__(self, url):
        self._target = (urlsplit(url).hostname, urlsplit(url).port)
        self._lock = threading.Lock()
        self._open = set()
        self._is_cut = False
        self._flows = threading.Event()
        self._flows.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self):
        with self._lock:
            self._is_cut = True
            for end in self._open:
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass  # it has ended by itself

    def mend(self):
        with self._lock:
            self._is_cut = False

    def hold(self):
        self._flows.clear()

    def release(self):
        self._flows.set()

    def close(self):
        self.cut()
        self.release()
        self._listener.close()

    def _accept(self):
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._pair, args=(near,), daemon=True).start()

    def _pair(self, near):
        with near:
            try:
                far = socket.create_connection(self._target)
            except OSError:
                return
            with far:
                with self._lock:
                    if self._is_cut:
                        return
                    self._open |= {near, far}
                back = threading.Thread(target=self._copy, args=(far, near), daemon=True)
                back.start()
                self._copy(near, far)
                back.join()
                with self._lock:
                    self._open -= {near, far}

    def _copy(self, source, target):
        try:
            while data := source.recv(65536):
                self._flows.wait()
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass
