"""A LinkedIn export of sixty invented contacts, a few of whom hold the HR function at companies of the list."""

from __future__ import annotations

import csv
import io

from tests.sober.folk import names
from tests.sober.world import HOSTS

PREAMBLE = (
    "Notes:\n"
    '"When exporting your connection data, you may notice that some of the email addresses are missing. You will only '
    "see email addresses for connections who have allowed their connections to see or download their email address "
    "using this setting https://www.linkedin.com/psettings/privacy/email. You can learn more here "
    'https://www.linkedin.com/help/linkedin/answer/261"\n\n'
)
HEADER = ("First Name", "Last Name", "URL", "Email Address", "Company", "Position", "Connected On")
HR_TITLES = ("Chief People Officer", "HR Director", "VP Human Resources", "Head of HR")
_OTHER_JOBS = ("Software Engineer", "Account Executive", "Head of Marketing", "Product Manager", "Finance Director")
_OTHER_FIRMS = ("Farlane Trading", "Quorn & Webb", "Tidewater Press", "Harrow Bridge Clinic")
ROWS, FILLED = 60, 8


def filled_gaps() -> dict[str, str]:
    """Company -> the contact who fills its gap: of every fourth company without a person, the first eight."""
    gaps = [site.name for site in HOSTS if site.person is None][::4][:FILLED]
    return dict(zip(gaps, (contact(number) for number in range(FILLED)), strict=True))


def contact(number: int) -> str:
    """The name of one contact."""
    return names(200 + number, 1)[0]


def connections_csv() -> bytes:
    """The file as LinkedIn writes it: notes, a blank line, the header, one row a contact."""
    out = io.StringIO()
    out.write(PREAMBLE)
    table = csv.writer(out, lineterminator="\n")
    table.writerow(HEADER)
    gaps = list(filled_gaps())
    for number in range(ROWS):
        given, family = contact(number).split()
        job = HR_TITLES[number % 4] if number < FILLED else _OTHER_JOBS[number % 5]
        firm = gaps[number] if number < FILLED else _firm(number)
        url = f"https://www.linkedin.com/in/{given}-{family}-{number}".lower()
        table.writerow((given, family, url, "", firm, job, f"{number % 28 + 1:02} Mar 2024"))
    return out.getvalue().encode()


def _firm(number: int) -> str:
    """Half of the others work at companies of the list, in other jobs."""
    return HOSTS[number % len(HOSTS)].name if number % 2 else _OTHER_FIRMS[number % 4]
