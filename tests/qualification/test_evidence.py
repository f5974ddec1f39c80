"""Which statement counts, and who disagrees."""

from datetime import timedelta

from tests.qualification.strategies import NOW, ago, bant, claim

from oppspot.qualification.evidence import current_values


def current(*claims, key="need.urgency", now=NOW):
    return current_values(claims, now)[key]


def value(*claims, key="need.urgency"):
    return current(*claims, key=key).statement.value


def test_the_better_grade_counts_even_when_it_is_older():
    assert value(claim("need.urgency", "high", grade="verified", days=20), claim("need.urgency", "low")) == "high"


def test_of_the_same_grade_the_more_recent_counts():
    assert value(claim("need.urgency", "high", days=20), claim("need.urgency", "low", days=2)) == "low"


def test_fresh_evidence_beats_expired_evidence_of_a_better_grade():
    assert value(claim("need.urgency", "high", grade="verified", days=200), claim("need.urgency", "low")) == "low"


def test_what_is_said_beats_what_merely_follows():
    said, implied = claim("budget.range", "10k_50k"), claim("budget.estimated_budget", 60_000)
    assert value(said, implied, key="budget.range") == "10k_50k"


def test_a_withdrawal_takes_back_everything_said_before_of_any_grade():
    claims = [claim("need.urgency", "high", grade="verified", days=9), claim("need.urgency", None, days=5)]
    assert current_values(claims, NOW) == {}
    assert value(*claims, claim("need.urgency", "low", days=1)) == "low"


def test_a_withdrawal_also_takes_back_what_followed():
    claims = [claim("budget.estimated_budget", 60_000, days=9), claim("budget.estimated_budget", None, days=5)]
    assert current_values(claims, NOW) == {}


def test_before_it_was_withdrawn_it_counted():
    claims = [claim("need.urgency", "high", days=9), claim("need.urgency", None, days=5)]
    assert current_values(claims, ago(6))["need.urgency"].statement.value == "high"


def test_an_expired_value_is_still_shown_but_trusted_no_more():
    old = current(claim("need.urgency", "high", days=100))
    assert (old.statement.value, old.is_fresh, old.trust) == ("high", False, 0)


def test_trust_is_whole_for_half_a_life_and_half_at_its_end():
    trust = [current(claim("need.urgency", "high", grade="verified", days=days)).trust for days in (0, 30, 45, 59)]
    assert trust[:3] == [1, 1, 0.75]
    assert 0.5 < trust[3] < 0.52


def test_a_key_that_does_not_age_stays_fresh():
    ever = claim("need.urgency", "high", days=59, expires_at=NOW + timedelta(days=5000))
    assert current(ever).trust == 0.6


def disputes(*claims, key="need.urgency"):
    return [statement.claim.source for statement in current(*claims, key=key).disputed_by]


def test_sources_that_disagree_are_a_contradiction():
    assert disputes(claim("need.urgency", "high", source="crm", days=9), claim("need.urgency", "low")) == ["crm"]


def test_a_newer_word_of_the_same_source_is_an_update_not_a_contradiction():
    assert disputes(claim("need.urgency", "high", days=9), claim("need.urgency", "low")) == []


def test_what_is_both_older_and_weaker_is_superseded():
    better = claim("need.urgency", "low", grade="verified", days=1)
    assert disputes(claim("need.urgency", "high", source="crm", days=9), better) == []


def test_newer_but_weaker_evidence_against_the_current_value_is_shown():
    better = claim("need.urgency", "low", grade="verified", days=9)
    assert disputes(claim("need.urgency", "high", source="crm", days=1), better) == ["crm"]


def test_a_source_that_has_come_round_no_longer_disputes():
    crm = [claim("need.urgency", word, source="crm", days=days) for word, days in (("high", 9), ("low", 5))]
    assert disputes(*crm, claim("need.urgency", "low", days=1)) == []


def test_an_expired_statement_disputes_nothing():
    assert disputes(claim("need.urgency", "high", source="crm", days=70), claim("need.urgency", "low")) == []


def test_numbers_within_the_tolerance_agree():
    revenue = "financial.revenue"
    near = claim(revenue, 1_000_000, source="crm"), claim(revenue, 1_090_000, source="enrichment", days=5)
    far = claim(revenue, 1_000_000, source="crm"), claim(revenue, 1_200_000, source="enrichment", days=5)
    assert disputes(*near, key=revenue) == []
    assert disputes(*far, key=revenue) == ["enrichment"]


def test_two_fields_that_cannot_both_be_true_are_a_contradiction():
    claims = claim("budget.confirmed", value=True), claim("budget.source", "inferred")
    assert disputes(*claims, key="budget.confirmed") == ["rep"]


def test_a_longer_list_is_no_contradiction():
    cases = [{"description": "payroll"}], [{"description": "payroll"}, {"description": "audit"}]
    claims = [
        claim("need.use_cases", value, source=source) for value, source in zip(cases, ["rep", "crm"], strict=True)
    ]
    assert disputes(*claims, key="need.use_cases") == []


def test_a_contradiction_shows_both_sides_and_asks_to_settle_it():
    shown = bant(claim("budget.range", "over_500k", source="crm", days=9), claim("budget.range", "under_10k"))
    [contradiction] = shown.contradictions
    assert contradiction.current.value == "under_10k"
    assert [side.value for side in contradiction.disputed_by] == ["over_500k"]
    settle = next(action for action in shown.next_actions if action.kind == "settle")
    assert (settle.key, settle.gain, settle.text) == (
        "budget.range",
        600,
        "Settle “Budget range”: crm and rep disagree",
    )


def test_a_dispute_that_can_only_lose_comes_by_what_is_at_stake():
    shown = bant(claim("budget.range", "under_10k", source="crm", days=9), claim("budget.range", "over_500k"))
    first, second = [action for action in shown.next_actions if action.gain <= 600][:2]
    assert (first.kind, first.gain) == ("settle", 0)
    assert second.gain <= 600


def test_amounts_in_one_range_disagree_all_the_same():
    said = [claim("budget.estimated_budget", 75_000), claim("budget.estimated_budget", 95_000, source="crm")]
    assessment = bant(*said)
    assert [dispute.key for dispute in assessment.contradictions] == ["budget.estimated_budget"]
    [task] = [action for action in assessment.next_actions if action.kind == "settle"]
    assert (task.element, task.text) == ("budget", "Settle “Estimated budget”: crm and rep disagree")


def test_amounts_in_two_ranges_are_one_disagreement():
    said = [claim("budget.estimated_budget", 20_000), claim("budget.estimated_budget", 95_000, source="crm")]
    assert [dispute.key for dispute in bant(*said).contradictions] == ["budget.range"]
