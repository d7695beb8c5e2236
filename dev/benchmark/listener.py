"""The clock of a listener who plays what comes as soon as it comes."""

# Shorter holes are hidden by any player's own buffer.
AUDIBLE = 0.02


class Listener:
    """Playing starts with the first sound. When all that came is played, there is silence until more comes."""

    def __init__(self) -> None:
        self.first: float | None = None
        self.gaps: list[float] = []
        self._dry_at = 0.0
        self._heard = 0.0

    def hear(self, now: float, seconds: float) -> None:
        """At `now`, `seconds` of sound have come in all."""
        more = seconds - self._heard
        if more <= 0:
            return
        if self.first is None:
            self.first = self._dry_at = now
        elif now > self._dry_at:
            if now - self._dry_at > AUDIBLE:
                self.gaps.append(now - self._dry_at)
            self._dry_at = now
        self._dry_at += more
        self._heard = seconds

    def stop(self, now: float) -> None:
        """The listener leaves before the end: the silence it is in counts too."""
        if self.first is not None and now - self._dry_at > AUDIBLE:
            self.gaps.append(now - self._dry_at)

    @property
    def silence(self) -> float:
        return sum(self.gaps)
