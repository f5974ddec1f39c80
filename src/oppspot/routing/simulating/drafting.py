"""Makes a document to try from the live one: one rule off, first, or picking otherwise; another fairness."""

from typing import Final

from oppspot.routing.documents import RoutingDocument, RuleDocument

FIRST: Final = "first"
OFF: Final = "off"
ON: Final = "on"


def with_rule(document: RoutingDocument, rule_id: str, do: str) -> RoutingDocument:
    """Return the document with one rule off, on, asked first, or picking by the algorithm named in `do`.

    Raises KeyError for a rule that is not there.
    """
    rules = {rule.id: rule for rule in document.rules}
    rules[rule_id] = _changed(rules[rule_id], do, list(rules.values()))
    return document.model_copy(update={"rules": tuple(rules.values())})


def _changed(rule: RuleDocument, do: str, rules: list[RuleDocument]) -> RuleDocument:
    match do:
        case "off" | "on":
            return rule.model_copy(update={"is_active": do == ON})
        case "first":
            lowest = min(each.priority for each in rules)
            if lowest == 0:
                raise ValueError("has no place before the first rule: put the rules in order once, then try again")
            return rule.model_copy(update={"priority": lowest - 1})
        case _:
            return rule.model_copy(update={"routing_algorithm": do})


def with_fairness(document: RoutingDocument, algorithm: str) -> RoutingDocument:
    """Return the document with another fairness policy."""
    fairness = document.policies.fairness.model_copy(update={"algorithm": algorithm})
    return document.model_copy(update={"policies": document.policies.model_copy(update={"fairness": fairness})})
