"""By which keys a raw lead and its company are recognised: surest first."""

from oppspot.leads.normalise import (
    company_domain_of_email,
    company_name_key,
    fold,
    person_name_key,
    registration_key,
)
from oppspot.leads.types import LeadInput

Key = tuple[str, str]


def lead_keys(lead: LeadInput) -> list[Key]:
    """Return the keys of a lead, surest first: the sender's own number, the address, the person at a domain.

    Two people of one name at one domain are taken for one: the double would be seen twice, the mix-up is rare.
    """
    keys: list[Key] = []
    if lead.external_id:
        keys.append(("external", lead.external_id))
    if lead.email:
        keys.append(("email", lead.email))
    person, domain = person_name_key(lead.first_name, lead.last_name), company_domain(lead)
    if person and domain:
        keys.append(("person", f"{domain}|{person}"))
    elif not keys and (company := company_keys(lead)):
        # Nothing surer is known: the person, as far as named, at that company.
        name = person or fold(lead.last_name or lead.first_name or "")
        keys.append(("person", f"{'|'.join(company[0])}|{name}"))
    return keys


def company_keys(lead: LeadInput) -> list[Key]:
    """Return the keys of a lead's company, surest first: registrable domain, registration number, name."""
    keys: list[Key] = []
    domain = company_domain(lead)
    if domain:
        keys.append(("domain", domain))
    company = lead.company
    if registration := registration_of(company.registration_number, company.country):
        keys.append(registration)
    if company.name and (name_key := company_name_key(company.name)):
        keys.append(("name", name_key))
    return keys


def registration_of(number: str | None, country: str | None) -> Key | None:
    """Return the key of a registration number, None for none."""
    key = registration_key(number, country) if number else None
    return ("registration", key) if key else None


def company_domain(lead: LeadInput) -> str | None:
    """Return the domain of a lead's company: as given, else its address's, unless that is free mail."""
    if lead.company.domain:
        return lead.company.domain
    return company_domain_of_email(lead.email) if lead.email else None
