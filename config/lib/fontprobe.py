"""`python -m config.lib.fontprobe`: renders 「党」 to a PDF and exits 0 only if its glyph is inside."""

import io
import sys

from pypdf import PdfReader

from config.lib.pdf import render_pdf

SAMPLE = "党"


def complaint(pdf: bytes) -> str:
    """What is wrong with the sample document, in Chinese; empty when the glyph is embedded."""
    page = PdfReader(io.BytesIO(pdf)).pages[0]
    fonts = page["/Resources"].get("/Font", {})
    embedded = [
        name for name in (str(fonts[key]["/BaseFont"]) for key in fonts) if "Office" in name or "Noto" in name
    ]
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
