"""The trend line: what may share it, and where its points stand."""

from service.widget.chart import HEIGHT, PAD, WIDTH, comparable, low_zone, points


def entry(day, score, survey=1, **more):
    return {"answered_at": f"2026-11-{day:02}T08:00:00Z", "score": score, "survey_id": survey} | more


def places(*history):
    return [(point.x, point.y) for point in points(history)]


def test_time_runs_to_the_right_and_a_hundred_stands_on_top():
    assert places(entry(21, 0.0), entry(11, 50.0), entry(1, 100.0)) == [
        (PAD, PAD),
        (WIDTH / 2, HEIGHT / 2),
        (WIDTH - PAD, HEIGHT - PAD),
    ]


def test_answers_of_one_moment_stand_side_by_side():
    assert [x for x, _ in places(entry(3, 0.0), entry(3, 50.0), entry(3, 100.0))] == [PAD, WIDTH / 2, WIDTH - PAD]


def test_one_score_makes_no_line():
    assert places(entry(2, 50.0), entry(1, None)) == []
    assert places() == []


def test_what_has_no_score_is_left_out():
    assert [e["score"] for e in comparable([entry(3, 50.0), entry(2, None), entry(1, 0.0)])] == [0.0, 50.0]


def test_another_survey_is_left_out_where_no_kind_is_told():
    assert [e["score"] for e in comparable([entry(3, 50.0), entry(2, 10.0, 2), entry(1, 0.0)])] == [0.0, 50.0]


def test_another_kind_is_left_out_and_another_survey_of_the_kind_is_not():
    nps, csat = {"kind": "nps"}, {"kind": "satisfaction"}
    history = [entry(4, 50.0, **csat), entry(3, 90.0, **nps), entry(2, 10.0, 2, **csat)]
    assert [e["score"] for e in comparable(history)] == [10.0, 50.0]


def test_the_low_zone_begins_below_forty():
    top = float(low_zone().split("H")[0].removeprefix("M0 "))
    at_forty = points([entry(2, 40.0), entry(1, 100.0)])[-1].y
    assert top == at_forty
