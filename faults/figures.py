"""What a script found, told as it goes; a figure that is not met fails the script."""

import time


class NotHere(Exception):
    """Something that the script needs is not on this machine."""


class Figures:
    def __init__(self, name: str) -> None:
        self.name, self.missed, self._began = name, 0, time.monotonic()

    def tell(self, what: str, value: object) -> None:
        print(f"  {what}: {value}", flush=True)

    def hold(
        self, what: str, value: float, *, at_most: float | None = None, at_least: float | None = None
    ) -> None:
        """Tell a figure and whether it is met."""
        met = (at_most is None or value <= at_most) and (at_least is None or value >= at_least)
        bounds = [
            f"{word} {bound:g}"
            for word, bound in (("at least", at_least), ("at most", at_most))
            if bound is not None
        ]
        self.tell(what, f"{value:.6g} ({' and '.join(bounds)}) {'ok' if met else 'NOT MET'}")
        self.missed += not met

    def close(self) -> int:
        """The exit status."""
        took = time.monotonic() - self._began
        print(
            f"{self.name}: {'FAILED' if self.missed else 'held'}, {self.missed} figures not met, {took:.0f} s"
        )
        return 1 if self.missed else 0
