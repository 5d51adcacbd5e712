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


def top_of(zone):
    return float(zone.split("H")[0].removeprefix("M0 "))


def height_of(score):
    return points([entry(2, score), entry(1, 100.0)])[-1].y


def test_the_low_zone_begins_below_forty():
    assert top_of(low_zone(nps=False)) == height_of(40.0)


def test_for_recommendations_the_low_zone_reaches_over_six_and_not_to_seven():
    assert height_of(70.0) < top_of(low_zone(nps=True)) < height_of(60.0)


def test_a_colleague_shares_no_line():
    anna, bo = {"respondent_id": 1}, {"respondent_id": 2}
    history = [entry(4, 0.0, **anna), entry(3, 50.0, **bo), entry(2, 75.0, **anna)]
    assert [e["score"] for e in comparable(history)] == [75.0, 0.0]


def test_a_contact_may_own_several_respondents():
    anna = {"contact_id": "P-1"}
    history = [entry(4, 0.0, **anna, respondent_id=1), entry(3, 50.0, respondent_id=1), entry(2, 75.0, **anna)]
    assert [e["score"] for e in comparable(history)] == [75.0, 0.0]
