"""How well made logs are explained; the score is printed with ``pytest -s``."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from diagnosis.logs.corpus_of_logs import (
    MadeLog,
    harmless_wordings,
    made_logs,
    near_misses,
    variants,
    wordings,
)

from accelgui.diagnosis.logs import explain
from accelgui.diagnosis.logs.codes import BENIGN, PLACES
from accelgui.model.finding import Confidence, Finding, Severity
from accelgui.words.findings import TEXTS

LOGS = made_logs()


@dataclass
class Score:
    """What was told of logs with a cause, and of harmless ones."""

    asked: int = 0
    first: int = 0
    among_three: int = 0
    harmless_asked: int = 0
    harmless: int = 0
    wrongly_certain: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def count(self, log: MadeLog, name: str, findings: tuple[Finding, ...]) -> None:
        codes = [finding.code for finding in findings]
        if log.is_harmless:
            self.harmless_asked += 1
            self.harmless += all(finding.severity is Severity.INFO for finding in findings)
        else:
            self.asked += 1
            self.first += codes[:1] == [log.causes[0]]
            self.among_three += log.causes[0] in codes[:3]
        is_alarm = any(finding.severity is not Severity.INFO for finding in findings)
        if is_alarm if log.is_harmless else codes[:1] != [log.causes[0]]:
            self.missed.append(f"{name}: {codes[:3]}")
        self.wrongly_certain += [
            f"{name}: {finding.code}"
            for finding in findings
            if finding.confidence is Confidence.CERTAIN
            and finding.code not in log.causes
            and finding.code not in BENIGN
        ]

    def __str__(self) -> str:
        return (
            f"first {self.first}/{self.asked}, among three {self.among_three}/{self.asked},"
            f" harmless {self.harmless}/{self.harmless_asked},"
            f" wrongly certain {len(self.wrongly_certain)}"
        )


def test_that_the_cause_of_each_made_log_comes_first() -> None:
    score = Score()
    for log in LOGS:
        score.count(log, log.name, explain(log.text).findings)
    print(f"\nmade logs: {score}")
    assert score.missed == []
    assert score.wrongly_certain == []
    assert score.harmless == score.harmless_asked


def test_that_it_stays_so_however_the_log_was_written() -> None:
    score = Score()
    for number, log in enumerate(LOGS):
        made = list(variants(log).items())
        # Each log in a third of the ways, each way with a third of the logs.
        for kind, data in made[number % 3 :: 3]:
            score.count(log, f"{log.name} ({kind})", explain(data).findings)
    print(f"\nvariants: {score}")
    assert score.first >= 0.97 * score.asked, score.missed
    assert score.among_three >= 0.99 * score.asked, score.missed
    assert score.harmless == score.harmless_asked, score.missed
    assert score.wrongly_certain == []


def test_that_many_programs_are_understood_in_their_own_words() -> None:
    missed, wrongly_certain = [], []
    logs = wordings()
    for causes, text in logs:
        findings = explain(text).findings
        if not findings or findings[0].code not in causes:
            missed.append((causes, text))
        wrongly_certain += [
            (finding.code, causes, text)
            for finding in findings
            if finding.confidence is Confidence.CERTAIN
            and finding.severity is not Severity.INFO
            and finding.code not in causes
        ]
    print(f"\nwordings: first {len(logs) - len(missed)}/{len(logs)}")
    assert missed == []
    assert wrongly_certain == []


@pytest.mark.parametrize(
    "text", [pytest.param(text, id=name) for name, text in harmless_wordings()]
)
def test_that_what_only_sounds_like_trouble_is_called_harmless(text: str) -> None:
    assert {finding.severity for finding in explain(text).findings} <= {Severity.INFO}


def test_that_each_cause_has_a_log_that_shows_it() -> None:
    shown = {cause for log in LOGS for cause in log.causes}
    assert shown == set(PLACES)


def test_that_each_cause_has_a_log_that_nearly_shows_it() -> None:
    assert {code for code, _ in near_misses()} == set(PLACES)


@pytest.mark.parametrize(("code", "text"), near_misses(), ids=[code for code, _ in near_misses()])
def test_that_what_is_nearly_the_case_is_not_told(code: str, text: str) -> None:
    assert code not in {finding.code for finding in explain(text).findings}


def test_that_each_cause_has_words() -> None:
    assert set(PLACES) <= set(TEXTS)


@pytest.mark.parametrize(
    "log", [log for log in LOGS if log.name.startswith("benign")], ids=lambda log: log.name
)
def test_that_noise_is_named_as_such(log: MadeLog) -> None:
    codes = {finding.code for finding in explain(log.text).findings}
    assert set(log.causes) <= codes <= BENIGN


@pytest.mark.parametrize("log", LOGS, ids=lambda log: log.name)
def test_that_evidence_stands_in_the_line_that_it_names(log: MadeLog) -> None:
    lines = log.text.splitlines()
    for finding in explain(log.text, "made.log").findings:
        for shown in finding.evidence:
            assert shown.source == "made.log"
            assert shown.line is not None
            assert shown.text.split()[:3] == lines[shown.line - 1].split()[:3]
