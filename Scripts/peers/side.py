"""A process that times what it is asked for."""

import signal
import subprocess


class Side:
    """A process that times what it is asked for."""

    def __init__(self, name, command):
        self.name = name
        # In a session of its own: a group with stopped processes is hung up when its shell goes.
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
                                        start_new_session=True)

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise ConnectionError(f"{self.name} ended with status {self.process.wait()}")
        return line.strip()

    def ask(self, row, direction, seconds):
        """Milliseconds, or None where this side has no such figure."""
        self.process.send_signal(signal.SIGCONT)
        try:
            print(row, direction, seconds, file=self.process.stdin)
        except BrokenPipeError as error:
            raise ConnectionError(f"{self.name} ended with status {self.process.wait()}") from error
        answer = self.read()
        self.pause()
        return None if answer == "none" else float(answer)

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            self.process.wait()
