"""`netigate-results check`: each finding, each failure with what to do, and the options that it prints."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from service.app import lexicon_files as lexicons
from service.cli import main
from service.commands.check.labels import candidates, propose
from service.commands.check.reach import ADVICE, FAILED, Stopwatch
from service.commands.check.report import Report
from service.commands.check.run import Given, check
from service.crm.options import CRM_OPTIONS
from service.netigate.protocol import Route
from service.options.option_table import OPTIONS
from service.store.connection.probe import Probe
from service.survey.errors import (
    BadRequestError,
    MalformedError,
    NotFoundError,
    RateLimitedError,
    RejectedError,
    UnavailableError,
    UpstreamError,
)
from service.survey.identity import label_items
from service.survey.model import Alternative, QuestionItem
from service.survey.scoring.scorer import Scorer
from tests.support.fakes import CONTACT, CUSTOMER, SATISFACTION, FakeUpstream, make_set, make_survey

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.harness.simulator import SimulatorProcess

SWEDISH, GERMAN = "https://swedish.example/api/v1.2", "https://german.example/api/v1.2"


@dataclass
class Account:
    """What each server answers; an error stands for a server that gives nothing but that."""

    servers: dict[str, FakeUpstream | UpstreamError] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    probe: Callable[..., Probe] | None = None

    def connect(self, base_url: str, observe: Any) -> FakeUpstream:
        found = self.servers[base_url]
        if isinstance(found, UpstreamError):
            return FakeUpstream(failure=found)
        for route in (Route.SURVEY, Route.ANSWERS_WITH_DATA):
            observe(route.value, "ok", 0.5)
        return found

    def check(self, **given: Any) -> int:
        chosen = {"base_url": SWEDISH, "servers": (SWEDISH, GERMAN), **given}
        more = {"probe": self.probe} if self.probe else {}
        return check(Report(self.lines.append), Given(**chosen), self.connect, Scorer(lexicons.load()), **more)

    @property
    def said(self) -> str:
        return "\n".join(self.lines)


@pytest.fixture
def upstream() -> FakeUpstream:
    upstream = FakeUpstream()
    upstream.put(*(make_set(n, customer=f"C-{n}", contact=f"P-{n}", comment="Vertraulich") for n in range(1, 9)))
    return upstream


@pytest.fixture
def account(upstream: FakeUpstream) -> Account:
    return Account({SWEDISH: upstream, GERMAN: RejectedError("/surveys", status=401)})


def with_items(upstream: FakeUpstream, **changes: Any) -> None:
    """Change items of the survey by id: None takes one out."""
    tree = upstream.trees[4711]
    items = [
        replace(item, **changes[name]) if changes.get(name) else item
        for item in tree.items
        if (name := f"i{item.id}") not in changes or changes[name] is not None
    ]
    upstream.trees[4711] = replace(tree, items=tuple(items))


def test_all_well_with_nothing_but_a_key(account: Account) -> None:
    assert account.check() == 0
    assert "All well." in account.said
    assert "NETIGATE_SURVEYS=4711" in account.said
    assert "NETIGATE_CUSTOMER_LABEL=CRM-ID" in account.said
    assert "NETIGATE_CONTACT_LABEL=Kontakt-ID" in account.said
    assert "netigate-results key crm" in account.said
    assert "NETIGATE_BASE_URL" not in account.said
    assert "FAIL" not in account.said


def test_how_each_item_would_be_scored(account: Account) -> None:
    account.check()
    assert (
        "Mycket missnöjd 0 · Missnöjd 25 · Varken nöjd eller missnöjd 50 · Nöjd 75 · Mycket nöjd 100 · Vet ej –"
        in account.said
    )
    assert "satisfaction, 5 points, ascending, by wording" in account.said
    assert "nps, 11 points, ascending, by weight" in account.said
    assert "no score (not_a_scale)" in account.said


def test_no_value_of_an_answer_is_shown(account: Account) -> None:
    account.check()
    for secret in ("C-1", "P-1", "Vertraulich"):
        assert secret not in account.said.replace("CRM-ID", "")


def test_what_is_not_understood_is_listed(account: Account, upstream: FakeUpstream) -> None:
    odd = tuple(Alternative(order, text) for order, text in enumerate(("Blip", "Blop", "Blup"), 1))
    with_items(upstream, **{f"i{SATISFACTION}": {"alternatives": odd}})
    assert account.check() == 0
    assert "SCORING_FILE" in account.said
    assert "'Blip' (unmapped)" in account.said


def test_a_key_of_the_other_server_is_found_there(account: Account, upstream: FakeUpstream) -> None:
    account.servers = {SWEDISH: RejectedError("/surveys", status=401), GERMAN: upstream}
    assert account.check() == 1
    assert f"Set NETIGATE_BASE_URL={GERMAN}" in account.said
    assert f"       NETIGATE_BASE_URL={GERMAN}" in account.said


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (RejectedError("/surveys", status=401), "both servers refuse the key"),
        (UnavailableError("/surveys", cause="dns"), "german.example, the other server, could not be asked"),
    ],
)
def test_a_key_that_is_good_nowhere(account: Account, other: UpstreamError, said: str) -> None:
    account.servers = {SWEDISH: RejectedError("/surveys", status=401), GERMAN: other}
    assert account.check() == 1
    assert said in account.said
    assert "make a new one in Netigate" in account.said


def test_a_key_is_never_sent_from_a_server_of_its_own_to_another(account: Account) -> None:
    own = "https://own.example/api/v1.2"
    account.servers = {own: RejectedError("/surveys", status=401)}
    assert account.check(base_url=own) == 1
    assert "the server refuses the key" in account.said


@pytest.mark.parametrize("cause", sorted(ADVICE))
def test_each_way_not_to_arrive_says_how_far_it_came_and_what_to_do(account: Account, cause: str) -> None:
    account.servers[SWEDISH] = UnavailableError("/surveys", cause=cause)
    assert account.check() == 1
    failed, do = ADVICE[cause]
    assert f"{FAILED[failed]} ({cause})" in account.said
    assert do in account.said
    assert account.said.count("[ ok ] swedish.example") == failed


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (UnavailableError("/surveys", status=500), "no API answers (500)"),
        (MalformedError("/surveys", status=200, cause="shape"), "no API answers (shape)"),
        (BadRequestError("/surveys", status=400), "no API answers (400)"),
        (RateLimitedError("/surveys", status=429), "asks to wait"),
        (NotFoundError("/surveys", status=404), "must end in /api/v1.2"),
    ],
)
def test_what_else_may_be_answered(account: Account, error: UpstreamError, said: str) -> None:
    account.servers[SWEDISH] = error
    assert account.check() == 1
    assert said in account.said


def test_an_unencrypted_address_is_named_as_such(account: Account, upstream: FakeUpstream) -> None:
    account.servers["http://127.0.0.1/api/v1.2"] = upstream
    account.check(base_url="http://127.0.0.1/api/v1.2")
    assert "not encrypted" in account.said
    assert "encrypted (TLS)" not in account.said


def test_a_proxy_is_named_without_its_credentials(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://user:secret@proxy.example:3128")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    account.check()
    assert "proxy.example:3128" in account.said
    assert "secret" not in account.said


@pytest.mark.parametrize("address", ["proxy.example", "http://proxy.example"])
def test_a_proxy_without_a_port(account: Account, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("https_proxy", address)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    account.check()
    assert "through the proxy proxy.example" in account.said


def test_no_survey_is_visible(account: Account, upstream: FakeUpstream) -> None:
    upstream.trees = {}
    assert account.check() == 1
    assert "access to the surveys" in account.said


def test_a_survey_that_does_not_exist(account: Account) -> None:
    assert account.check(surveys=(4711, 99)) == 1
    assert "survey 99: Netigate does not know it" in account.said
    assert "NETIGATE_SURVEYS=4711 " in account.said


def test_only_the_newest_surveys_are_looked_into_unless_named(account: Account, upstream: FakeUpstream) -> None:
    upstream.trees = {number: make_survey(number) for number in range(1, 41)}
    account.check()
    assert account.said.count("\nSurvey ") == 5
    assert "name others with --survey" in account.said
    assert "… and 10 older ones" in account.said


@pytest.mark.parametrize(
    ("failing", "said", "status"),
    [
        ("survey", "survey 4711: cannot be read", 1),
        ("page", "survey 4711: cannot be read (timeout)", 1),
        ("labels", "names of background labels cannot be read", 0),
    ],
)
def test_a_read_that_fails_by_itself(
    account: Account, upstream: FakeUpstream, failing: str, said: str, status: int
) -> None:
    upstream.failing = {failing}
    upstream.failure = UnavailableError("/x", cause="timeout")
    assert account.check(customer_label="CRM-ID") == status
    assert said in account.said


def test_the_labels_that_are_set_are_looked_for(account: Account) -> None:
    assert account.check(surveys=(4711,), customer_label="crm-id", contact_label="8") == 0
    assert "customer label found: 'crm-id'" in account.said
    assert "contact label found: '8'" in account.said


def test_the_label_of_names_is_looked_for_where_it_is_set_and_never_proposed(account: Account) -> None:
    assert account.check(surveys=(4711,), customer_label="crm-id", contact_name_label="kontakt-id") == 0
    assert "contact name label found: 'kontakt-id'" in account.said
    assert "NETIGATE_CONTACT_NAME_LABEL=kontakt-id" in account.said
    assert account.check(surveys=(4711,), customer_label="crm-id", contact_name_label="Namn") == 1
    assert "Check NETIGATE_CONTACT_NAME_LABEL" in account.said
    account.lines.clear()
    assert account.check(surveys=(4711,), customer_label="crm-id") == 0
    assert "CONTACT_NAME" not in account.said


def test_a_label_that_was_not_added_to_the_survey(account: Account, upstream: FakeUpstream) -> None:
    with_items(upstream, **{f"i{CUSTOMER}": None})
    upstream.label_names = {7: "CRM-ID"}
    assert account.check(surveys=(4711,), customer_label="CRM-ID") == 1
    assert "exists but was not added to the survey" in account.said
    assert "Add to survey" in account.said


def test_a_label_that_nobody_knows(account: Account) -> None:
    assert account.check(customer_label="Kundnr", contact_label="Person") == 1
    assert "Check NETIGATE_CUSTOMER_LABEL" in account.said
    assert "Check NETIGATE_CONTACT_LABEL" in account.said
    assert "'CRM-ID' is in the survey and looks like it" in account.said
    assert "NETIGATE_CUSTOMER_LABEL=CRM-ID" in account.said
    assert "NETIGATE_CONTACT_LABEL=Kontakt-ID" in account.said


def test_a_label_of_a_group_is_doubted(account: Account, upstream: FakeUpstream) -> None:
    upstream.put(*(make_set(n, customer=f"Region {n % 3}", contact=f"P-{n}") for n in range(1, 41)))
    assert account.check(customer_label="CRM-ID", contact_label="Kontakt-ID") == 0
    assert "'CRM-ID' holds few values for so many answers" in account.said
    assert "'Kontakt-ID' holds few" not in account.said


def test_without_any_label_it_says_what_the_account_has(account: Account, upstream: FakeUpstream) -> None:
    with_items(upstream, **{f"i{CUSTOMER}": None, f"i{CONTACT}": None})
    upstream.label_names = {1: "Region", 7: "CRM-ID"}
    assert account.check() == 1
    assert "The account also has 'CRM-ID', 'Region'" in account.said
    assert "no survey carries a label" in account.said
    assert "NETIGATE_CUSTOMER_LABEL=…" in account.said


def test_without_background_data_it_says_how_to_begin(account: Account, upstream: FakeUpstream) -> None:
    with_items(upstream, **{f"i{CUSTOMER}": None, f"i{CONTACT}": None})
    assert account.check() == 1
    assert "Upload the CRM's customer ID" in account.said


def test_anonymous_answers_and_those_set_aside_are_told(account: Account, upstream: FakeUpstream) -> None:
    upstream.sets = {}
    upstream.put(make_set(1, respondent=-1))
    upstream.set_aside = 2
    account.check(customer_label="CRM-ID")
    assert "all of them are anonymous" in account.said
    assert "2 answer sets cannot be read" in account.said
    assert "no finished answers yet" in account.said


def test_speed_and_the_time_of_the_first_sweep(account: Account, upstream: FakeUpstream) -> None:
    upstream.page_size = 1
    account.check()
    assert "a small call takes 0.50 s, a page of answers 0.50 s" in account.said
    assert "reads 8 pages: about 4 s" in account.said


@pytest.mark.parametrize(
    ("name", "values", "contact", "proposed"),
    [
        ("CRM-ID", ["a", "b", "c"], False, True),
        ("Kundnummer", ["1", "2", "3"], False, True),
        ("Customer number", ["1", "2", "3"], False, True),
        ("Kunden-ID", ["1", "2", "3"], False, True),
        ("External id", ["1", "2", "3"], False, True),
        ("Region", ["Nord", "Syd", "Nord"], False, False),
        ("Kontakt-ID", ["1", "2", "3"], False, False),
        ("Kontakt-ID", ["1", "2", "3"], True, True),
        ("CRM-ID", ["1", "2", "3"], True, False),
        ("Customer", ["a@x.example", "b@x.example", "c@x.example"], False, False),
        ("CRM-ID", ["a", None, None], False, False),
    ],
)
def test_which_label_is_proposed(name: str, values: list[str | None], contact: bool, proposed: bool) -> None:
    item = QuestionItem(CUSTOMER, "TEXT_FIELD", name, 1, "", 7, ())
    survey = replace(make_survey(), items=(item,))
    sets = [make_set(number, customer=value) for number, value in enumerate(values, 1)]
    found = propose(candidates(survey, {}, sets), contact=contact)
    assert (found is not None) is proposed


@pytest.mark.parametrize(("text", "question"), [("", "Background"), ("Background", ""), ("", "")])
def test_a_label_is_proposed_by_its_own_name_where_its_item_says_nothing(text: str, question: str) -> None:
    survey = replace(make_survey(), items=(QuestionItem(CUSTOMER, "TEXT_FIELD", text, 1, question, 7, ()),))
    found = propose(candidates(survey, {7: "CRM-ID"}, [make_set(1)]))
    assert found is not None
    assert found.name == "CRM-ID"
    assert label_items(survey, found.name, {7: "CRM-ID"})


def test_an_unfinished_set_does_not_count_against_a_label() -> None:
    sets = [make_set(1), make_set(2, customer=None, completed=False), make_set(3, customer=None, respondent=-1)]
    found = {one.name: (one.sets, one.filled) for one in candidates(make_survey(), {}, sets)}
    assert found["CRM-ID"] == (1, 1)


@pytest.mark.parametrize(
    ("probe", "status", "said"),
    [
        (Probe("7.2.4", 0.001, "noeviction", True), 0, "version 7.2.4, 1.0 ms a round trip"),
        (Probe("7.2.4", 0.02, None, None), 0, "put Redis nearer"),
        (Probe("5.0.1", 0.001, "noeviction", True), 1, "Use Redis 6.2 or later"),
        (Probe("7.2.4", 0.001, "allkeys-lru", True), 1, "maxmemory-policy noeviction"),
        (Probe("7.2.4", 0.001, "noeviction", False), 0, "keeps nothing on disk"),
    ],
)
def test_what_is_said_of_a_redis(account: Account, probe: Probe, status: int, said: str) -> None:
    account.probe = lambda _url, timeout: probe
    assert account.check(redis_url="redis://:secret@redis.example:6379") == status
    assert said in account.said
    assert "secret" not in account.said
    assert "REDIS_URL=…" in account.said


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1", "unix:///nowhere/at/all", "ftp://x"])
def test_a_redis_that_cannot_be_reached(account: Account, url: str) -> None:
    assert account.check(redis_url=url) == 1
    assert "Check REDIS_URL" in account.said


def test_a_real_redis_is_tried_and_left_as_it_was(account: Account, valkey_url: str, valkey: Any) -> None:
    assert account.check(redis_url=valkey_url) == 0
    assert "ms a round trip" in account.said
    assert valkey.dbsize() == 0


def test_on_a_terminal_it_shows_what_it_waits_for() -> None:
    shown: list[str] = []
    report = Report(lambda _text: None, shown.append)
    report.progress(1, 2, "reading survey 4711")
    report.good("done")
    assert "[##########..........] reading survey 4711" in shown[0]
    assert shown[1].endswith("\x1b[K")


def test_times_of_failed_calls_are_left_out() -> None:
    watch = Stopwatch()
    watch("/surveys", "ok", 1.0)
    watch("/surveys", "unavailable", 30.0)
    assert (watch.median("/surveys"), watch.median("/other")) == (1.0, None)


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> pytest.MonkeyPatch:
    for name in (*(option.name for option in OPTIONS), *(name for name, _ in CRM_OPTIONS)):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)  # no .env file of somebody's
    return monkeypatch


@pytest.fixture(scope="module")
def simulator() -> Any:
    from tests.harness.simulator import SimulatorProcess

    with SimulatorProcess(customers=20) as running:
        yield running


def test_the_command_over_http(simulator: SimulatorProcess, clean: pytest.MonkeyPatch) -> None:
    clean.setenv("NETIGATE_API_KEY", simulator.key)
    clean.setenv("NETIGATE_BASE_URL", simulator.base_url)
    run = CliRunner().invoke(main, ["check", "--survey", "4711"])
    assert run.exit_code == 0, run.output
    assert "NETIGATE_SURVEYS=4711 " in run.output
    assert "NETIGATE_CUSTOMER_LABEL=CRM-ID" in run.output
    assert simulator.key not in run.output
    assert simulator.violations == []


def test_the_command_with_a_wrong_key(simulator: SimulatorProcess, clean: pytest.MonkeyPatch) -> None:
    clean.setenv("NETIGATE_API_KEY", "wrong-key")
    clean.setenv("NETIGATE_BASE_URL", simulator.base_url)
    run = CliRunner().invoke(main, ["check"])
    assert run.exit_code == 1
    assert "the server refuses the key" in run.output
    assert "wrong-key" not in run.output


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "NETIGATE_API_KEY is missing"),
        ({"NETIGATE_API_KEY": "k", "NETIGATE_BASE_URL": "ftp://x"}, "NETIGATE_BASE_URL must be"),
        ({"NETIGATE_API_KEY": "k", "REDIS_URL": "nonsense"}, "REDIS_URL must be"),
        ({"NETIGATE_API_KEY": "ö"}, "API key"),
        ({"NETIGATE_API_KEY": "k", "HUBSPOT_CLIENT_SECRET": "s"}, "HUBSPOT_CLIENT_SECRET needs PUBLIC_URL"),
        ({"NETIGATE_API_KEY": "k", "WIDGET_SECRET": "short"}, "WIDGET_SECRET"),
        ({"NETIGATE_API_KEY": "k", "PIPEDRIVE_JWT_SECRET": "short"}, "PIPEDRIVE_JWT_SECRET needs at least 32"),
        ({"NETIGATE_API_KEY": "k", "PORT": "x"}, "PORT"),
    ],
)
def test_bad_options_are_named_with_status_2(clean: pytest.MonkeyPatch, options: dict[str, str], said: str) -> None:
    for name, value in options.items():
        clean.setenv(name, value)
    run = CliRunner().invoke(main, ["check"])
    assert (run.exit_code, run.stdout) == (2, "")
    (line,) = run.stderr.splitlines()
    assert said in line


def test_a_bad_scoring_file_is_named(clean: pytest.MonkeyPatch, tmp_path: Any) -> None:
    path = tmp_path / "scoring.toml"
    path.write_text("[[item]]\nsurvey = 'x'\n")
    clean.setenv("NETIGATE_API_KEY", "k")
    clean.setenv("SCORING_FILE", str(path))
    run = CliRunner().invoke(main, ["check"])
    assert run.exit_code == 2
    assert "line" in run.output
