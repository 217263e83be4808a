"""SIGKILL at random moments: the next start answers exactly what content says. `make crash` does it 200 times."""

from __future__ import annotations

from pathlib import Path

from kill_runs import Killer


def test_after_sigkill_at_any_moment_the_next_start_answers_what_content_says(tmp_path: Path) -> None:
    killer = Killer(folder=tmp_path, seed=7, articles=60)
    assert len(list(killer.run(3))) == 3
    assert killer.faults == []
