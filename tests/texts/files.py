"""Small files of every kind that documents are read from, made here."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
VTT = """WEBVTT

NOTE recorded on a Tuesday

1
00:00:01.000 --> 00:00:04.000
<v Rita Rep>What would you spend?</v>

2
00:00:04.500 --> 00:00:07.000
<v Anna Berg>We have set aside <b>80k</b>

3
00:00:07.000 --> 00:00:09.000
<v Anna Berg>for this year.
"""
SRT = """1
00:00:01,000 --> 00:00:04,000
Anna: We need it live
by March.

2
00:00:04,500 --> 00:00:06,000
Rita: Noted.
"""
EML = """From: Anna Berg <anna@nordwind.example>
To: rita@seller.example
Date: Tue, 03 Nov 2026 09:15:00 +0100
Subject: =?utf-8?q?Unser_Gespr=C3=A4ch?=
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/html; charset=utf-8

<html><head><style>p {color: red}</style></head>
<body><p>Our budget is &euro;80,000.</p><script>alert(1)</script><p>Anna</p></body></html>
--b
Content-Type: application/pdf
Content-Disposition: attachment; filename="terms.pdf"

%PDF
--b--
"""


def docx(body: str, name: str = "word/document.xml", head: str = "") -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(name, f'{head}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>')
    return packed.getvalue()


def paragraph(text: str) -> str:
    return f"<w:p><w:pPr/><w:r><w:t>{text}</w:t></w:r></w:p>"
