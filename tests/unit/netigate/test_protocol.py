"""What can be asked at all: only the listed reads, whatever the input."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.netigate.protocol import Request, Route, instant, is_id
from service.survey.errors import BadRequestError

MOMENT = datetime(2016, 9, 27, 15, 38, 26, tzinfo=UTC)
PATHS = {
    Route.SURVEYS: "/surveys",
    Route.SURVEY: "/surveys/1",
    Route.QUESTIONS: "/surveys/1/questions",
    Route.ANSWERS: "/surveys/1/answers",
    Route.ANSWERS_WITH_DATA: "/surveys/1/answersWithData",
    Route.ANSWER: "/surveys/1/answers/2",
    Route.RESPONDENT_ANSWERS: "/surveys/1/answers/respondent/2",
    Route.SENDOUTS: "/surveys/1/sendouts",
    Route.SENDOUT_LABELS: "/surveys/1/sendouts/2/labels",
    Route.BGDOCUMENTS: "/bgdata/bgdocuments",
    Route.BGDOCUMENT_LABELS: "/bgdata/bgdocuments/1/labels",
}
READ = re.compile("|".join(re.sub(r"\d+", r"[1-9][0-9]{0,18}", path) for path in PATHS.values()))


def ids_of(route: Route) -> tuple[int, ...]:
    return tuple(range(1, route.count("{") + 1))


def test_every_route_has_its_documented_path():
    assert {route: Request(route, ids_of(route)).path for route in Route} == PATHS


@pytest.mark.parametrize("route", Route)
def test_no_route_is_a_write_or_holds_respondents(route):
    assert not re.search(r"copy|rows|/respondents|/activate|reminders", route)


ANYTHING = st.one_of(st.integers(), st.text(), st.booleans(), st.none(), st.floats(), st.sampled_from(["1/copy", ".."]))


@settings(max_examples=300)
@given(
    route=st.one_of(st.sampled_from(Route), st.text(), st.just("/surveys/{survey}/copy")),
    ids=st.lists(ANYTHING, max_size=3).map(tuple),
)
def test_whatever_is_asked_is_a_listed_read_or_refused(route, ids):
    try:
        path = Request(route, ids).path
    except BadRequestError:
        return
    assert READ.fullmatch(path)


@pytest.mark.parametrize("value", ["1", "1/copy", "../copy", 0, -1, 2**63, True, 1.0, None])
def test_an_id_is_a_positive_whole_number(value):
    assert not is_id(value)
    with pytest.raises(BadRequestError) as refused:
        Request(Route.SURVEY, (value,))
    assert (refused.value.route, refused.value.cause) == ("/surveys/{survey}", "id")


def test_the_highest_id_is_one():
    assert Request(Route.SURVEY, (2**63 - 1,)).path == "/surveys/9223372036854775807"


@pytest.mark.parametrize("ids", [(), (1, 2)])
def test_the_number_of_ids_is_the_templates(ids):
    with pytest.raises(BadRequestError):
        Request(Route.SURVEY, ids)


@pytest.mark.parametrize(
    ("route", "query", "written"),
    [
        (Route.ANSWERS, {"updated": MOMENT}, "updated=2016-09-27T15:38:26Z"),
        (
            Route.ANSWERS,
            {"from": MOMENT, "to": MOMENT + timedelta(days=1), "completed": True},
            "from=2016-09-27T15:38:26Z&to=2016-09-28T15:38:26Z&completed=true",
        ),
        (
            Route.ANSWERS_WITH_DATA,
            {"page": 3, "pagesize": 100, "updated": MOMENT},
            "page=3&pagesize=100&updated=2016-09-27T15:38:26Z",
        ),
        (Route.ANSWERS_WITH_DATA, {}, ""),
    ],
)
def test_a_query_is_written_as_documented(route, query, written):
    assert Request(route, (1,), query).path.partition("?")[2] == written


@pytest.mark.parametrize(
    ("route", "query"),
    [
        (Route.ANSWERS, {"page": 1}),
        (Route.SURVEY, {"updated": MOMENT}),
        (Route.ANSWERS_WITH_DATA, {"copy": True}),
        (Route.ANSWERS, {"updated": MOMENT, "from": MOMENT}),
        (Route.ANSWERS_WITH_DATA, {"updated": MOMENT, "to": MOMENT}),
    ],
)
def test_an_undocumented_query_is_refused(route, query):
    with pytest.raises(BadRequestError) as refused:
        Request(route, (1,), query)
    assert refused.value.cause == "query"


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (MOMENT, "2016-09-27T15:38:26Z"),
        (MOMENT.replace(microsecond=999_999), "2016-09-27T15:38:26Z"),
        (MOMENT.astimezone(timezone(timedelta(hours=2))), "2016-09-27T15:38:26Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00Z"),
    ],
)
def test_a_moment_is_written_in_utc_and_never_rounded_up(moment, written):
    assert instant(moment) == written


def test_a_moment_without_zone_is_a_mistake():
    with pytest.raises(ValueError, match="time zone"):
        instant(MOMENT.replace(tzinfo=None))
