"""Proposes what a solution must do to be chosen, technical or for the business, and which vendor they lean to."""

import re
from collections.abc import Iterator
from typing import Any, Final

from oppspot.texts.extracting.clauses import Clause
from oppspot.texts.extracting.guards import is_about_others, is_denied, is_imagined, is_past, is_theirs
from oppspot.texts.types import Proposal

_MUST: Final = re.compile(
    r"(?:\b(?:it|this|the (?:tool|solution|system|platform|product|software|vendor)|you|whatever we (?:buy|choose)|"
    r"any (?:tool|solution|vendor))?\s*"
    r"(?:must|has to|have to|needs? to)(?! (?:decide|check|talk|speak|discuss|think|get back|fix|solve|sign|"
    r"be (?:approved|signed|live)|review|approve|sign|agree|send|wait|meet|go|do|be done|happen|start|finish|get|"
    r"hire|report))(?: be able to)? |\b(?:we|they) (?:absolutely |really |also |definitely )?(?:need|require|"
    r"insist on|want) (?!to\b|more time)|"
    r"\b(?:(?:hard |key |main |technical |business )?(?:requirements?|must[- ]haves?|criteri(?:a|on)|"
    r"deal[- ]?breakers?|prerequisites?|Anforderung(?:en)?|Muss|exigences?))(?: is| are|:| -| for us is)+ |"
    r"\b(?:is|are) (?:a |an )?(?:must(?:[- ]have)?|mandatory|required|essential|non-negotiable|a hard requirement|"
    r"zwingend|Pflicht|obligatoire|indispensable)\b|"
    r"\b(?:muss|müssen) |\bdoit |\bwir (?:brauchen|benötigen) |\bnous avons besoin (?:de|d') ?|\bil nous faut )",
    re.IGNORECASE,
)
_TECHNICAL: Final = re.compile(
    r"\b(?:SSO|single sign-?on|SAML|SCIM|OAuth|OIDC|MFA|2FA|APIs?|webhooks?|integrat\w+|integrier\w+|s'intégr\w+|"
    r"connectors?|Schnittstellen?|salesforce|hubspot|SAP|dynamics|"
    r"netsuite|azure|AWS|on-?prem\w*|self-?host\w*|(?:EU|european|german|local)[- ](?:host\w*|data ?cent\w+|servers?|"
    r"cloud)|host\w+ in|hosting|encrypt\w+|verschlüssel\w*|"
    r"SOC ?2|ISO ?27001|GDPR|DSGVO|RGPD|HIPAA|data residency|uptime|availability|SLA of|latency|offline|mobile app|"
    r"iOS|android|import|export|"
    r"audit log|role-based|permissions|backups?|real[- ]time|scalab\w+|performance|migration|sandbox|sync\w*)\b",
    re.IGNORECASE,
)
_BUSINESS: Final = re.compile(
    r"\b(?:references?|support|training|onboarding|languages?|german|french|english|local|price|cost|cheaper|"
    r"contract|monthly|cancel\w*|payment|invoice|"
    r"easy|ease of use|user[- ]friendly|simple|intuitive|adoption|experience|industry|compliance|reporting|reports?|"
    r"dashboards?|forecast\w*|"
    r"implementation|time to value|proven|partner|Referenzen|Schulung|einfach|références|formation)\b",
    re.IGNORECASE,
)
_NOT_A_NEED: Final = re.compile(
    r"\b(?:approval|sign-?off|budget|decision|more time|meeting|call|to see|proposal|quote|board|by (?:january|"
    r"february|march|april|may|june|july|august|september|"
    r"october|november|december|end)|convince|hours|money)\b",
    re.IGNORECASE,
)
_NICE: Final = re.compile(
    r"\b(?:nice to have|would be (?:nice|great|good)|ideally|preferably|optional|bonus|wäre schön|idéalement)\b",
    re.IGNORECASE,
)
_PREFERS: Final = re.compile(
    r"\b(?:(?i:we|I|they|team|\w+ team) (?:currently |personally |really )?(?:prefer|favou?r|lean(?:ing)? towards?|"
    r"like)|(?:our|their) (?:preferred|favou?rite) (?:vendor|option|choice|supplier) is|"
    r"preference (?:is|for)|leaning towards?|bevorzugen|nous préférons) (?P<vendor>you(?:r \w+)?|"
    r"[A-Z][\w&.-]+(?: [A-Z][\w&.-]+)?)"
)
_JOINED: Final = re.compile(
    r", (?:and |und |et )?| (?:and|und|et|plus) (?=(?:it|they|the|data|we|you|must|has to|needs?|an? |SSO|SAML|SCIM|"
    r"API|ISO|SOC|GDPR|DSGVO|single|full|audit|EU)\b)"
)
_LONGEST: Final = 200


def find_criteria(clause: Clause) -> Iterator[Proposal]:
    """Yield the requirement a clause states, and the vendor it prefers."""
    if not is_theirs(clause) or clause.is_question or is_about_others(clause) or is_past(clause):
        return
    if not is_denied(clause) and not is_imagined(clause) and (found := _PREFERS.search(clause.text)):
        is_us = found["vendor"].casefold().startswith("you")
        item = {"vendor": "us" if is_us else found["vendor"], "preference": "preferred", "is_us": is_us}
        yield clause.propose("decision_criteria.vendor_preferences", [item], 0.65)
    if key := _key_of(clause):
        yield clause.propose(key, _items(clause.text), 0.65)


def _key_of(clause: Clause) -> str | None:
    stated = _MUST.search(clause.text)
    if not (stated or _NICE.search(clause.text)) or _NOT_A_NEED.search(clause.text):
        return None
    if is_denied(clause) or (is_imagined(clause) and not _NICE.search(clause.text)):
        return None
    if _TECHNICAL.search(clause.text):
        return "decision_criteria.technical_requirements"
    return "decision_criteria.business_requirements" if _BUSINESS.search(clause.text) else None


def _items(text: str) -> list[dict[str, Any]]:
    """Return the requirements of a clause: two that are joined are two."""
    name = text
    if (found := _MUST.search(text)) and len(rest := text[found.end() :].strip(" .,:")) > 2:  # noqa: PLR2004 — letters
        name = rest
    elif found:
        name = text[: found.start()]
    is_nice = _NICE.search(text) is not None
    is_hard = re.search(
        r"deal[- ]?breaker|non-negotiable|mandatory|absolutely|hard requirement|zwingend|obligatoire",
        text,
        re.IGNORECASE,
    )
    priority = "low" if is_nice else "critical" if is_hard else None
    extra = {"priority": priority} if priority else {}
    names = [part.strip(" .,:")[:_LONGEST] for part in _JOINED.split(name)]
    return [{"name": part} | extra for part in names if len(part) > 2]  # noqa: PLR2004 — letters
