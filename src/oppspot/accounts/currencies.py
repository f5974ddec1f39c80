"""The currencies an organisation may keep its amounts in; amounts carry none of their own and are never converted."""

from typing import Final

DEFAULT: Final = "EUR"
# By ISO 4217 code: those of the places the product is used in, in the order of their names.
CURRENCIES: Final = {
    "AUD": "Australian dollar",
    "BRL": "Brazilian real",
    "BGN": "Bulgarian lev",
    "CAD": "Canadian dollar",
    "CNY": "Chinese yuan",
    "CZK": "Czech koruna",
    "DKK": "Danish krone",
    "EUR": "Euro",
    "HKD": "Hong Kong dollar",
    "HUF": "Hungarian forint",
    "INR": "Indian rupee",
    "ILS": "Israeli shekel",
    "JPY": "Japanese yen",
    "MXN": "Mexican peso",
    "NZD": "New Zealand dollar",
    "NOK": "Norwegian krone",
    "PLN": "Polish złoty",
    "GBP": "Pound sterling",
    "RON": "Romanian leu",
    "SAR": "Saudi riyal",
    "SGD": "Singapore dollar",
    "ZAR": "South African rand",
    "KRW": "South Korean won",
    "SEK": "Swedish krona",
    "CHF": "Swiss franc",
    "TRY": "Turkish lira",
    "AED": "UAE dirham",
    "USD": "US dollar",
}
ACCEPTED: Final = f"one of {', '.join(sorted(CURRENCIES))}"
