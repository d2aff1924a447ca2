"""The planner stands still while anything above it works, and only then."""

from app.assistant.compute import Cores


class Lower:
    def __init__(self) -> None:
        self.log: list[str] = []

    def pause(self) -> None:
        self.log.append("pause")

    def resume(self) -> None:
        self.log.append("resume")


def make() -> tuple[Cores, Lower, list[str]]:
    told: list[str] = []
    cores = Cores(told.append, lambda: told.append("resumed"))
    lower = Lower()
    cores.lower = lower  # type: ignore[assignment]
    return cores, lower, told


def test_overlapping_claims_pause_once_and_resume_at_the_end() -> None:
    cores, lower, told = make()
    with cores.claim("fast"), cores.claim("voice"):
        assert lower.log == ["pause"]
    assert lower.log == ["pause", "resume"]
    assert told == ["fast", "resumed"]


def test_a_claim_that_fails_gives_the_cores_back() -> None:
    cores, lower, _ = make()
    try:
        with cores.claim("fast"):
            raise RuntimeError
    except RuntimeError:
        pass
    assert lower.log == ["pause", "resume"]
    assert not cores.taken


def test_claims_may_end_in_any_order() -> None:
    cores, lower, _ = make()
    fast, voice = cores.claim("fast"), cores.claim("voice")
    fast.__enter__()
    voice.__enter__()
    fast.__exit__(None, None, None)
    assert lower.log == ["pause"]
    voice.__exit__(None, None, None)
    assert lower.log == ["pause", "resume"]
