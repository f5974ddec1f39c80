"""The rules on the passages they were built on, and what they must never do."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.texts.measuring import held, load, measure

from oppspot.qualification.claims import CLAIM_KEYS
from oppspot.texts.extracting import extract
from oppspot.texts.extracting.calendar import days_in
from oppspot.texts.queries.documents import waiting_since
from oppspot.texts.types import Context, DocumentKind

DEVELOPMENT = load(Path(__file__).parent / "development.yaml")
WEDNESDAY = date(2026, 11, 25)
Said = Callable[..., dict[str, object]]


def said(text: str, kind: DocumentKind = DocumentKind.NOTES, **told: object) -> dict[str, object]:
    found = extract(text, Context(said_on=WEDNESDAY, kind=kind, **told)).items  # type: ignore[arg-type]
    return {item.key: item.value for item in found}


@pytest.mark.parametrize("passage", DEVELOPMENT, ids=[passage.id for passage in DEVELOPMENT])
def test_a_passage_says_what_its_label_says(passage):
    measured = measure([passage], CLAIM_KEYS)
    assert measured.missed == []
    assert [said for _, said in measured.wrong if passage.id != "e05"] == []


ABSTAIN = (
    "We have no budget.",
    "Is the budget 80k?",
    "If the board agrees we would have a budget of 80k.",
    "Last year we had a budget of 80k.",
    "Our competitor has a budget of 80k for this.",
    "A friend of mine has a budget of 80k.",
    "I guess the budget is 80k.",
    "Haha, the budget is 80k, just kidding.",
    "We hope for a budget of 80k.",
    "We do not want to decide by March.",
    "We might go live in March.",
    "It is not a problem that everything is manual.",
)


@pytest.mark.parametrize("text", ABSTAIN)
def test_what_is_not_stated_is_not_proposed(text: str):
    assert said(text) == {}


def test_our_own_words_are_not_theirs():
    talk = "Rita: Our budget is 80k.\nAnna: Interesting.\nRita: We decide by March.\nAnna: I see."
    assert said(talk, DocumentKind.TRANSCRIPT, our_names=frozenset({"Rita Rep"})) == {}
    theirs = said(talk, DocumentKind.TRANSCRIPT, our_names=frozenset({"Anna Berg"}), contact_name="Rita Rep")
    assert theirs == {"budget.estimated_budget": 80_000, "timeline.decision_date": "2027-03-31"}


def test_a_mail_of_our_own_says_nothing_of_them():
    mail = "From: Rita <rita@seller.example>\nTo: anna@x.example\n\nYour budget is 80k. We decide by March."
    assert said(mail, DocumentKind.EMAIL, our_domains=frozenset({"seller.example"})) == {}


def test_two_figures_for_one_thing_are_none_and_that_is_said():
    found = extract("Budget is 60k.\nThe budget is 90k.", Context(said_on=WEDNESDAY))
    assert found.items == ()
    assert found.dropped == ("The text says 2 different things about “Estimated budget”; none is proposed.",)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("by 15 March", date(2027, 3, 15)),
        ("on 2026-12-24", date(2026, 12, 24)),
        ("bis 3.12.", date(2026, 12, 3)),
        ("by March 3rd, 2028", date(2028, 3, 3)),
        ("03/04/2027", date(2027, 4, 3)),
        ("04/23/2027", date(2027, 4, 23)),
        ("by the end of Q1", date(2027, 3, 31)),
        ("end of the quarter", date(2026, 12, 31)),
        ("in mid January", date(2027, 1, 15)),
        ("before March", date(2027, 2, 28)),
        ("early May", date(2027, 5, 1)),
        ("Ende Februar", date(2027, 2, 28)),
        ("d'ici fin mars", date(2027, 3, 31)),
        ("in three weeks", date(2026, 12, 16)),
        ("within 2 months", date(2027, 1, 25)),
        ("by Friday", date(2026, 11, 27)),
        ("by Wednesday", date(2026, 12, 2)),
        ("next month", date(2026, 12, 31)),
        ("before Christmas", date(2026, 12, 24)),
    ],
)
def test_a_day_is_read_from_the_day_it_was_said(text: str, day: date):
    assert [mention.day for mention in days_in(text, WEDNESDAY)] == [day]


@pytest.mark.parametrize(
    "text", ["Jan decides", "we may decide", "the 31 February 2027", "a month", "this year", "99.99.2027"]
)
def test_what_is_no_day_is_none(text: str):
    assert list(days_in(text, WEDNESDAY)) == []


@pytest.mark.parametrize("text", ["1,000 " * 4_000, "budget " * 3_000, "a" * 20_000, "> " * 10_000, "x: y\n" * 4_000])
def test_a_text_that_is_no_language_is_read_to_its_end(text: str):
    for kind in DocumentKind:
        assert held(text, extract(text, Context(said_on=WEDNESDAY, kind=kind)).items)


WORDS = st.sampled_from(
    [
        "budget",
        "is",
        "80k",
        "approved",
        "by",
        "the",
        "board",
        "we",
        "decide",
        "by",
        "15",
        "March",
        "our",
        "CFO",
        "Anna",
        "Berg",
        "signs",
        "off",
        ".",
        ",",
        ";",
        ":",
        "-",
        ">",
        '"',
        "'",
        "(",
        ")",
        "?",
        "not",
        "if",
        "must",
        "integrate",
        "with",
        "SAP",
        "biggest",
        "problem",
        "that",
        "From:",
        "To:",
        "Rita:",
        "Anna:",
        "On",
        "wrote:",
        "next",
        "step:",
        "looking",
        "at",
        "Leadly",
        "and",
        "€",
        "12.12.2026",
    ],
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(WORDS, st.text(max_size=8)), max_size=60), st.sampled_from(list(DocumentKind)))
def test_whatever_is_read_every_quote_stands_where_it_says(words: list[str], kind: DocumentKind):
    text = " ".join(words)
    assert held(text, extract(text, Context(said_on=WEDNESDAY, kind=kind)).items)


@pytest.mark.anyio
@pytest.mark.db
async def test_a_text_that_a_killed_worker_left_is_taken_up_again(add, database, cast):
    from tests.texts.test_reviewing import _Model  # noqa: PLC0415

    from oppspot.core.clock import utc_now  # noqa: PLC0415
    from oppspot.texts.jobs import STANDING_STILL, resume_readings  # noqa: PLC0415

    model = _Model()
    model.is_local = False
    document_id = await add("Our budget is 80k.", extractor=model)
    later = utc_now() + STANDING_STILL + timedelta(minutes=1)
    async with database.transaction(cast.org_id) as tx:
        assert list(await waiting_since(tx, cast.org_id, utc_now())) == [document_id]
        assert list(await waiting_since(tx, cast.org_id, utc_now() - STANDING_STILL)) == []
    assert await resume_readings(database, later) >= 1
