"""Papers made for the archive only: plan, study, who came, and the index; each a table or a text in official layout."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.template.loader import render_to_string

from config.lib.pdf import render_pdf

STYLESHEET = "css/archive-papers.css"


@dataclass(frozen=True)
class ArchivePaper:
    """A title, lines under it, a table or labelled texts, and notes at the foot. `widths` are percents."""

    title: str
    organization: str
    lines: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    widths: tuple[int, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    is_wide: bool = field(default=False)

    @property
    def heads(self) -> list[tuple[str, int]]:
        """The columns with their widths."""
        return list(zip(self.columns, self.widths, strict=True))

    def to_pdf(self) -> bytes:
        """The paper as A4 PDF."""
        css = "".join(f".grid .c{n} {{ width: {w}% }}" for n, w in enumerate(self.widths, 1))
        html = render_to_string("home/archive_paper.html", {"paper": self})
        return render_pdf(html, stylesheet=STYLESHEET, css=css)
