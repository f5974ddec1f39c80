"""E-mail as a port: what a message is, what can go wrong, and the two senders that ship (console, SMTP)."""

from oppspot.accounts.mail.port import DeliveryFailed, Email, EmailSender
from oppspot.accounts.mail.senders import sender_of

__all__ = ["DeliveryFailed", "Email", "EmailSender", "sender_of"]
