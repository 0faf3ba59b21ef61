"""What the alternative texts of portraits say: "Name, Organisation" or "Name, Title, Organisation"."""

from __future__ import annotations

from crawler.pages.document import Document
from crawler.pages.speaker_taglines import Tagline, split_tagline
from pipelines.lexicon.titles import has_title_word


def read_portraits(document: Document) -> dict[str, Tagline]:
    """Folded name -> (title, organisation) of every picture with a comma in its text: look up only known names."""
    said: dict[str, Tagline] = {}
    for text in document.selector.xpath("//img/@alt").getall():
        name, _, rest = " ".join(text.split()).partition(", ")
        if rest:
            said.setdefault(name.casefold(), _read(rest))
    return said


def _read(rest: str) -> Tagline:
    first, _, last = rest.partition(", ")
    if not has_title_word(first):
        return None, rest
    return (first, last) if last and not has_title_word(last) else split_tagline(rest)
