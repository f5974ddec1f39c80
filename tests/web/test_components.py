from datetime import UTC, date, datetime, timedelta

import pytest
from jinja2 import Environment
from starlette.datastructures import URL
from tests.web.conftest import NOW

from oppspot.web.assets import Assets
from oppspot.web.environment import build_environment
from oppspot.web.page_scope import PageScope, page_scope
from oppspot.web.waterfalls import Reason


@pytest.fixture(scope="module")
def environment() -> Environment:
    return build_environment(Assets(), reload=False)


@pytest.fixture
def show(environment: Environment):
    def shown(source: str, **names: object) -> str:
        with page_scope(PageScope(NOW, UTC, URL("http://t/leads?sort=name&status=new&cursor=abc"))):
            return " ".join(environment.from_string(source).render(names).split())

    return shown


def test_sorting_keeps_the_filters_and_starts_over(show):
    assert 'href="/leads?status=new&amp;sort=-name"' in show("{{ ui.sort_header('Name', 'name', 'name') }}")


def test_a_header_says_how_it_is_sorted(show):
    assert 'aria-sort="ascending"' in show("{{ ui.sort_header('Name', 'name', 'name') }}")
    assert 'aria-sort="descending"' in show("{{ ui.sort_header('Name', 'name', '-name') }}")
    assert "aria-sort" not in show("{{ ui.sort_header('Score', 'score', 'name') }}")


def test_the_first_click_on_a_number_shows_the_largest(show):
    assert "sort=-score" in show("{{ ui.sort_header('Score', 'score', 'name', first='-') }}")


@pytest.mark.parametrize(("value", "band"), [(70, "good"), (69.9, "fair"), (40, "fair"), (0, "low"), (None, "unknown")])
def test_a_score_wears_its_band(show, value, band):
    assert f"score-{band}" in show("{{ ui.score_pill(value, href='/why') }}", value=value)


def test_a_score_without_javascript_opens_its_reasons(show):
    text = show("{% call ui.score_pill(70, id='s1') %}because{% endcall %}")
    assert 'popovertarget="s1"' in text
    assert 'id="s1"' in text
    assert "popover" in text


def test_reasons_show_their_sum_and_what_is_not_known(show):
    text = show("{{ ui.reasons('Score', reasons, 30) }}", reasons=[Reason("Fit", 30.0), Reason("Growth", None)])
    assert "+30.0" in text
    assert 'class="unknown"' in text


def test_a_date_without_a_time_of_day_reads_like_any_other(show):
    assert ">31 Mar 2027</time>" in show("{{ value|day }}", value=date(2027, 3, 31))
    assert 'datetime="2027-03-31"' in show("{{ value|day }}", value=date(2027, 3, 31))


def test_unknown_facts_may_share_a_line(show):
    pairs = [("Name", "Nordwind"), ("Growth", None), ("Funding", None)]
    text = show("{{ ui.key_values(pairs, gather=true) }}", pairs=pairs)
    assert "<dt>Not known</dt><dd>growth, funding</dd>" in text
    assert "Not known" not in show("{{ ui.key_values(pairs) }}", pairs=pairs)


def test_time_left_is_in_the_page_before_any_script_runs(show):
    text = show("{{ ui.countdown(due, 30) }}", due=NOW + timedelta(minutes=20))
    assert "20 min left" in text
    assert "left-soon" in text
    assert 'data-warn="1800"' in text


def test_nothing_due_is_said(show):
    assert "not due" in show("{{ ui.countdown(none) }}")


def test_a_moment_is_told_twice_in_words_and_in_full(show):
    text = show("{{ at|ago }}", at=datetime(2026, 3, 12, 12, 0, tzinfo=UTC))
    assert (
        text == '<time datetime="2026-03-12T12:00:00+00:00" title="12 Mar 2026, 12:00 UTC" data-relative>2 h ago</time>'
    )


def test_a_field_in_error_points_at_its_message(show):
    text = show("{{ ui.field('size', 'Size', 'x', errors={'size': 'is not a number'}) }}")
    assert 'aria-invalid="true"' in text
    assert 'aria-describedby="field-size-error"' in text
    assert 'id="field-size-error"' in text


def test_no_value_and_an_empty_value_differ(show):
    assert "value=" not in show("{{ ui.field('a', 'A') }}")
    assert 'value="0"' in show("{{ ui.field('a', 'A', 0) }}")


def test_progress_of_unknown_length_has_no_value(show):
    assert "value=" not in show("{{ ui.progress('Scoring') }}")
    assert 'value="0"' in show("{{ ui.progress('Scoring', 0) }}")


def test_money_is_the_organisations(environment):
    for currency, shown in (("EUR", "€4,800,000"), ("GBP", "£4,800,000"), ("CHF", "CHF 4,800,000")):
        with page_scope(PageScope(NOW, UTC, URL("http://t/"), currency)):
            assert environment.from_string("{{ 4800000|money }}").render() == shown


def test_an_unknown_fact_is_not_left_blank(show):
    assert "unknown" in show("{{ ui.key_values([('Growth', none)]) }}")


def test_two_components_of_one_name_are_refused(environment):
    environment.globals["ui"]._file_of["button"] = "elsewhere.html"
    with pytest.raises(ValueError, match="two components are called button"):
        environment.globals["ui"].index()
    environment.globals["ui"]._file_of["button"] = "web/components/buttons.html"


def test_an_icon_the_sprite_does_not_have_is_an_error(show):
    assert "#tabler-bell" in show("{{ ui.icon('bell') }}")
    with pytest.raises(KeyError, match="no-such-icon"):
        show("{{ ui.icon('no-such-icon') }}")
