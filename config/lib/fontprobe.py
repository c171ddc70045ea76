"""`python -m config.lib.fontprobe`: renders 「党」 to a PDF and exits 0 only if its glyph is inside."""

import io
import sys
from typing import Any

from pypdf import PdfReader

from config.lib.pdf import render_pdf

SAMPLE = "党"


def complaint(pdf: bytes) -> str:
    """What is wrong with the sample document, in Chinese; empty when the glyph is embedded."""
    page = PdfReader(io.BytesIO(pdf)).pages[0]
    resources: Any = page["/Resources"]
    names = [str(font["/BaseFont"]) for font in resources.get("/Font", {}).values()]
    embedded = [name for name in names if "Noto" in name or "Office" in name]
    if not embedded:
        return "PDF 里没有嵌入中文字体"
    if SAMPLE not in page.extract_text():
        return f"PDF 里读不到「{SAMPLE}」字"
    return ""


def main() -> int:
    """Exit code of the probe; the reason goes to the standard error."""
    found = complaint(render_pdf(f"<p>{SAMPLE}</p>"))
    print(found or "ok", file=sys.stderr if found else sys.stdout)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
