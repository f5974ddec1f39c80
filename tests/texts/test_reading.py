"""Files and pasted text become the plain text that quotes refer to, or are refused with a sentence."""

from datetime import UTC, datetime

import pytest
from tests.texts.files import EML, SRT, VTT, W, docx, paragraph

from oppspot.texts.extracting import extract
from oppspot.texts.reading import MAX_CHARS, UnreadableDocument, read_document, read_pasted
from oppspot.texts.types import Context, DocumentKind

TURNS = "Rita: What would you spend?\nAnna: About 80k.\nRita: And when?\nAnna: By March."


def test_captions_become_turns_with_their_speaker():
    read = read_document("call.vtt", VTT.encode())
    assert read.kind is DocumentKind.TRANSCRIPT
    assert read.content == "Rita Rep: What would you spend?\n\nAnna Berg: We have set aside 80k for this year."


def test_subrip_is_read_as_well():
    assert read_document("call.srt", SRT.encode()).content == "Anna: We need it live by March.\n\nRita: Noted."


def test_pasted_captions_are_recognised():
    assert read_pasted(SRT.replace(",000", ".000").replace(",500", ".500")).kind is DocumentKind.TRANSCRIPT


def test_an_email_is_its_headers_and_its_visible_words():
    read = read_document("mail.eml", EML.encode())
    assert read.kind is DocumentKind.EMAIL
    assert read.content.startswith("From: Anna Berg <anna@nordwind.example>\nTo: rita@seller.example\n")
    assert "Subject: Unser Gespräch" in read.content
    assert "Our budget is €80,000." in read.content
    assert "alert" not in read.content
    assert "red" not in read.content
    assert read.dated_at == datetime(2026, 11, 3, 8, 15, tzinfo=UTC)
    assert read.notes == ("Attachments were not read: terms.pdf.",)


def test_pasted_headers_make_an_email_with_its_date():
    read = read_pasted("From: anna@x.example\r\nSent: Tue, 03 Nov 2026 09:15:00 +0100\r\n\r\nHello")
    assert (read.kind, read.dated_at) == (DocumentKind.EMAIL, datetime(2026, 11, 3, 8, 15, tzinfo=UTC))


@pytest.mark.parametrize(
    "date", ["Mon, 1 Jan 99999999999 00:00:00 +0000", "Tue, 03 Nov 2026 09:15:00 +99999999999999999999", "soon", ","]
)
def test_a_mail_from_a_moment_that_there_is_not_is_read_without_its_date(date: str):
    mail = f"From: anna@x.example\nDate: {date}\n\nOur budget is 80k."
    read = read_pasted(mail)
    assert (read.kind, read.dated_at) == (DocumentKind.EMAIL, None)
    found = extract(read.content, Context(said_on=datetime(2026, 11, 25, tzinfo=UTC).date(), kind=read.kind))
    assert [item.value for item in found.items] == [80_000]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (TURNS, DocumentKind.TRANSCRIPT),
        ("Budget: 80k\nDecision: March\nPain: manual work", DocumentKind.NOTES),
        ("Spoke with Anna. She said: we have 80k.", DocumentKind.NOTES),
    ],
)
def test_what_pasted_text_is_is_found_out(text: str, kind: DocumentKind):
    assert read_pasted(text).kind is kind


def test_a_word_document_is_its_paragraphs_and_tables():
    cell = "<w:tc>{}</w:tc>".format
    row = f"<w:tr>{cell(paragraph('Budget'))}{cell(paragraph('80k'))}</w:tr>"
    gone = "<w:p><w:del><w:r><w:delText>old</w:delText></w:r></w:del><w:r><w:t>new</w:t></w:r></w:p>"
    body = paragraph("Call &amp; notes") + f"<w:tbl>{row}</w:tbl>" + gone
    assert read_document("notes.DOCX", docx(body)).content == "Call & notes\nBudget | 80k\nnew"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Größe".encode(), "Größe"),
        ("Größe".encode("cp1252"), "Größe"),
        ("Größe".encode("utf-16"), "Größe"),
        ("Größe ist gut".encode("utf-16-le"), "Größe ist gut"),
        (b"\xef\xbb\xbfGr\xc3\xb6\xc3\x9fe", "Größe"),
    ],
)
def test_text_is_read_in_any_usual_encoding(content: bytes, text: str):
    assert read_document("notes.txt", content).content == text


def test_what_cannot_be_seen_is_taken_out_and_said():
    read = read_pasted("Bud\u200bget \u202eis\u202c\x00 80k\u00a0EUR\U000e0041")
    assert read.content == "Budget is 80k EUR"
    assert read.notes == ("5 invisible characters were taken out.",)


def _bomb() -> bytes:
    return docx(paragraph("x" * 60_000_000))


REFUSED = {
    "empty": ("a.txt", b"", "is empty"),
    "blank": ("a.txt", b" \n\t ", "no text"),
    "ending": ("a.pdf", b"%PDF", "Accepted: .txt, .md, .eml"),
    "binary": ("a.txt", b"MZ\x00\x01\x00\x00\x02" * 50, "not text"),
    "long": ("a.txt", b"x" * (MAX_CHARS + 1), "Add it in parts"),
    "large": ("a.txt", b"x" * (10 * 1024**2 + 1), "at most 10,485,760"),
    "captions": ("a.vtt", b"WEBVTT\n\nhello", "no timed captions"),
    "mail": ("a.eml", b"\n\nhello", "no e-mail"),
    "mail of unknown encoding": (
        "a.eml",
        b"From: a@x.example\nContent-Type: text/plain; charset=nonsense\nContent-Transfer-Encoding: 8bit\n\nh\xff",
        "cannot be read",
    ),
    "mail from a moment that there is not": (
        "a.eml",
        b"From: a@x.example\nDate: Mon, 1 Jan 99999999999 00:00:00 +0000\n\nhello",
        "cannot be read",
    ),
    "not an archive": ("a.docx", b"PK\x03\x04rubbish", "broken"),
    "another archive": ("a.docx", docx(paragraph("x"), name="xl/workbook.xml"), "no Word document"),
    "bomb": ("a.docx", _bomb(), "unpacks to over"),
    "entities": (
        "a.docx",
        docx(paragraph("&a;"), head='<!DOCTYPE d [<!ENTITY a "aaaa">]>'),
        "declares entities",
    ),
    "broken XML": ("a.docx", docx("<w:p>"), "broken"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_read_is_refused_with_a_sentence(kind: str):
    name, content, words = REFUSED[kind]
    with pytest.raises(UnreadableDocument, match=words.replace(".", r"\.")):
        read_document(name, content)


def test_deep_nesting_does_no_harm():
    deep = "<w:r>" * 2_000 + "<w:t>deep</w:t>" + "</w:r>" * 2_000
    assert read_document("a.docx", docx(f"<w:p>{deep}</w:p>")).content == "deep"
    assert W
