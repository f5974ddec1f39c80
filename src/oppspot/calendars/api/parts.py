"""What the operations of calendars share: who may, the files they take and give."""

from typing import Annotated, Final

from fastapi import Depends, UploadFile
from fastapi.responses import Response

from oppspot.accounts.access import CurrentActor, needs
from oppspot.calendars.ical.reading import MAX_FILE_BYTES
from oppspot.core.actor import Actor
from oppspot.web import problems
from oppspot.web.openapi import form_example
from oppspot.web.parameters import REFUSALS_OF_ONE

TeamReader = Annotated[Actor, Depends(needs("team.read"))]
TeamWriter = Annotated[Actor, Depends(needs("team.write"))]
# Whoever is known: what they may, the service decides.
Anybody = CurrentActor
FILE_REFUSALS: Final = REFUSALS_OF_ONE | problems.responses(413, 422)
FILE_EXAMPLE: Final = form_example(
    file="BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//EN\r\nBEGIN:VEVENT\r\nUID:1\r\n"
    "DTSTART;VALUE=DATE:20261224\r\nSUMMARY:Christmas Eve\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


class CalendarFile(Response):
    """An iCalendar file."""

    media_type = "text/calendar"


def calendar_file(content: bytes, name: str) -> CalendarFile:
    """Return a file to download."""
    return CalendarFile(content, headers={"content-disposition": f'attachment; filename="{name}.ics"'})


async def content_of(file: UploadFile) -> bytes:
    """Return what was sent, a byte more than is accepted at most."""
    return await file.read(MAX_FILE_BYTES + 1)
