"""A Debian in a folder: commands run in it by chroot."""

import signal
import subprocess

from waiting import DEADLINE


#: Followed by the folder and chroot's arguments. Swift finds a program's arguments in /proc, which the mount shows to this
#: command alone.
CHROOT = ["unshare", "--mount", "sh", "-c", 'mount --bind /proc "$0/proc" && exec chroot "$@"']


class Debian:
    def __init__(self, root):
        self.root = root
        self._server = None

    def path(self, name):
        return self.root / name.lstrip("/")

    def run(self, *command, succeeds=True):
        """Runs a command as root, and returns what it printed."""
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
        done = subprocess.run(
            [*CHROOT, str(self.root), str(self.root), *map(str, command)], env=environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=DEADLINE * 5)
        assert (done.returncode == 0) == succeeds, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def install(self, package):
        """`dpkg -i`, which fails where a library that the package names is missing."""
        self.path("/tmp/boardcast.deb").write_bytes(package.read_bytes())
        return self.run("dpkg", "--force-confdef", "--force-confold", "-i", "/tmp/boardcast.deb")

    def serve(self):
        """Starts the server as the unit does, in what the package installed, on a free port; returns its URL."""
        user, group = self.run("id", "-u", "boardcast").strip(), self.run("id", "-g", "boardcast").strip()
        self._server = subprocess.Popen(
            [*CHROOT, str(self.root), f"--userspec={user}:{group}", str(self.root), "/bin/sh", "-c",
             "cd /var/lib/boardcast && exec /usr/bin/boardcast serve --config /etc/boardcast/boardcast.yaml "
             "--secrets /etc/boardcast/secrets --port 0"],
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}, stdout=subprocess.PIPE, text=True)
        line = self._server.stdout.readline()
        assert line.startswith("listening on http://"), line
        return line.split()[-1]

    def stop(self):
        self._server.send_signal(signal.SIGTERM)
        assert self._server.wait(DEADLINE) == 0

    def close(self):
        if self._server and self._server.poll() is None:
            self._server.kill()
            self._server.wait(DEADLINE)
