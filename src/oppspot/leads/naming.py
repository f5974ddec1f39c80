"""What a lead is called: the person, else the address, else the company, else its external id. In Python and in SQL."""

from typing import Final

NO_NAME: Final = "No name"


def lead_name(
    first_name: str | None, last_name: str | None, email: str | None, company: str | None, external_id: str | None
) -> str:
    """Return what a lead is called; `company` is its company's name, else its domain."""
    person = " ".join(part for part in (first_name, last_name) if part)
    return person or email or company or external_id or NO_NAME


def sql_lead_name(contact: str = "p", company: str = "o", lead: str = "l") -> str:
    """Return the same as an expression, over what a statement calls the lead's contact, its company and the lead."""
    return (
        f"coalesce(nullif(concat_ws(' ', nullif({contact}.first_name, ''), nullif({contact}.last_name, '')), ''), "
        f"nullif({contact}.email, ''), nullif({company}.name, ''), nullif({company}.domain, ''), "
        f"nullif({lead}.external_id, ''), '{NO_NAME}')"
    )
