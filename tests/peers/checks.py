"""What the checks of a script come to."""


class Checks:
    """Counts what holds and what does not."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, what, holds, seen=""):
        if holds:
            self.passed += 1
            print(f"ok: {what}")
        else:
            self.failed += 1
            print(f"FAILED: {what} {seen}")
