"""Decides the one form of each kind of value, so that the same thing written differently is recognised."""

from oppspot.leads.normalise.countries import country_name, normalise_country
from oppspot.leads.normalise.dates import DateOrder, date_order, parse_moment
from oppspot.leads.normalise.domains import company_domain_of_email, is_free_mail, registrable_domain
from oppspot.leads.normalise.emails import normalise_email
from oppspot.leads.normalise.errors import Unreadable
from oppspot.leads.normalise.flags import parse_flag
from oppspot.leads.normalise.names import company_name_key, person_name_key, split_full_name
from oppspot.leads.normalise.numbers import DecimalMark, decimal_mark, parse_count, parse_lower_bound, parse_number
from oppspot.leads.normalise.phones import normalise_phone
from oppspot.leads.normalise.postcodes import normalise_postcode
from oppspot.leads.normalise.registrations import registration_key
from oppspot.leads.normalise.texts import clean_line, clean_lines, fold, is_blank, is_blank_name

__all__ = [
    "DateOrder",
    "DecimalMark",
    "Unreadable",
    "clean_line",
    "clean_lines",
    "company_domain_of_email",
    "company_name_key",
    "country_name",
    "date_order",
    "decimal_mark",
    "fold",
    "is_blank",
    "is_blank_name",
    "is_free_mail",
    "normalise_country",
    "normalise_email",
    "normalise_phone",
    "normalise_postcode",
    "parse_count",
    "parse_flag",
    "parse_lower_bound",
    "parse_moment",
    "parse_number",
    "person_name_key",
    "registrable_domain",
    "registration_key",
    "split_full_name",
]
