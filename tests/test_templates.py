"""House rules of pages, style sheets and scripts, each one a failing check that says what to do instead."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import get_template

from tests.test_architecture import read, report, tracked

BUDGET = 100 * 1024  # gzipped bytes of style sheets and scripts on one page
# What Chrome 86 (the newest for many office machines) does not know.
TOO_NEW = re.compile(
    r":has\(|:is\(|:where\(|color-mix\(|@layer|@container|@scope|@supports|oklch\(|lch\(|\d(?:dvh|svh|lvh)\b"
    r"|(?<![\w-])inset\s*:|aspect-ratio|text-wrap\s*:\s*balance|@media[^{]*[<>]|^\s*&|overflow\s*:\s*clip"
)
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)|<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|hx-on|\sjs:",
    re.IGNORECASE,
)
ELSEWHERE = re.compile(r"(?:https?:)?//(?!www\.w3\.org/)[\w-]+\.[\w.-]+", re.IGNORECASE)
STATIC = re.compile(r"{% static ['\"]([^'\"]+)['\"] %}")
PAIRS = [
    ("band-ink", "band"), ("act-ink", "act"), ("act", "card"), ("act", "paper"), ("act", "act-soft"),
    ("ink", "paper"), ("ink", "head"), ("soft", "paper"), ("soft", "card"), ("soft", "idle-soft"),
    ("ok", "ok-soft"), ("ok", "paper"), ("warn", "warn-soft"), ("bad", "bad-soft"), ("bad", "paper"),
    ("idle", "idle-soft"), ("idle", "card"),
]  # fmt: skip


def screens() -> list[Path]:
    """Templates that reach a browser; printed sheets do not."""
    return [path for path in tracked("templates/**.html") if "reports" not in path.parts]


def name(path: Path) -> str:
    return str(path.relative_to("templates"))


def pages() -> list[Path]:
    return [path for path in screens() if read(path).lstrip().startswith('{% extends "base.html" %}')]


def findings(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    return [
        f"{path}:{number}: {found.group(0).strip()}"
        for path in paths
        for number, line in enumerate(read(path).splitlines(), 1)
        if (found := pattern.search(line))
    ]


def own_assets() -> list[Path]:
    return list(tracked("static/css/*.css", "static/js/*.js"))


@pytest.mark.parametrize(
    ("pattern", "bad", "good"),
    [
        (INLINE, '<p style="x">', "<p class=x>"),
        (INLINE, "<a href='javascript:x'>", '<script src="x" defer>'),
        (INLINE, '<b onclick="x">', '<b data-on="x">'),
        (ELSEWHERE, '<img src="//cdn.test.cn/x.png">', 'xmlns="http://www.w3.org/2000/svg"'),
        (TOO_NEW, "a:has(b) { }", "a:not(b) { }"),
        (TOO_NEW, "@media (width < 600px) {", "@media (max-width: 600px) {"),
        (TOO_NEW, "  & a { }", "a { margin-inset: 0 }"),
    ],
)
def test_the_checks_find_what_they_are_for(pattern: re.Pattern[str], bad: str, good: str) -> None:
    assert pattern.search(bad)
    assert not pattern.search(good)


def test_pages_hold_no_inline_code() -> None:
    report(
        findings(INLINE, screens()),
        "use a class, static/js or static/css: the security policy refuses inline code",
    )


def test_pages_and_assets_load_nothing_from_elsewhere() -> None:
    report(
        findings(ELSEWHERE, [*screens(), *own_assets(), *tracked("static/img/*.svg")]),
        "keep the file in static/vendor with its licence",
    )


def test_style_sheets_work_on_old_browsers() -> None:
    report(findings(TOO_NEW, tracked("static/css/*.css")), "Chrome 86 does not know this")


def test_style_sheets_use_only_tokens_that_exist() -> None:
    sheets = tracked("static/css/*.css")
    known = set(re.findall(r"(--[\w-]+)\s*:", "".join(read(path) for path in sheets)))
    used = re.compile(r"var\((--[\w-]+)\)")
    missing = [
        f"{path}: {token}" for path in sheets for token in used.findall(read(path)) if token not in known
    ]
    report(missing, "define it in static/css/tokens.css")


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_words_stand_out_from_their_ground() -> None:
    tokens = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6});", read(Path("static/css/tokens.css"))))
    assert round(_contrast("#000", "#fff")) == 21
    weak = {pair: _contrast(tokens[pair[0]], tokens[pair[1]]) for pair in PAIRS}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}
    assert _contrast(tokens["focus"], tokens["card"]) >= 3
    assert _contrast(tokens["gold"], tokens["band"]) >= 3


def test_every_template_can_be_read() -> None:
    for path in tracked("templates/**.html"):
        get_template(name(path))


def test_components_are_included_with_only_what_they_name() -> None:
    loose = re.compile(r'{% include "components/(?![^%]*\bonly %})[^%]*%}')
    assert loose.search('{% include "components/pages.html" with page=page %}')
    report(findings(loose, screens()), 'write {% include "components/x.html" with a=b only %}')


def test_every_component_names_its_inputs_and_is_used() -> None:
    everything = "".join(read(path) for path in screens())
    wrong = []
    for path in tracked("templates/components/*.html"):
        head = read(path).partition("{% endcomment %}")[0]
        if not head.startswith("{% comment %}") or not re.search(r"[Ii]nputs", head):
            wrong.append(f"{path}: no comment at the top that names the inputs")
        if f'"{name(path)}"' not in everything:
            wrong.append(f"{path}: no page uses it")
    report(wrong, "a component says what it takes, and exists because a page needs it")


def test_every_page_has_a_title_and_a_heading() -> None:
    wrong = []
    for path in pages():
        text = read(path)
        title = re.search(r"{% block title %}(.*?){% endblock", text, re.DOTALL)
        included = "".join(
            read(Path("templates") / part) for part in re.findall(r'{% include "([^"]+)"', text)
        )
        if not title or not title.group(1).strip():
            wrong.append(f"{path}: title")
        if "<h1" not in text + included:
            wrong.append(f"{path}: h1")
    assert len(pages()) > 30
    report(wrong, "{% block title %} and <h1> say what the page is for")


def test_a_page_with_a_form_says_error_in_its_title() -> None:
    summary = '{% include "components/errors.html"'
    wrong = [
        str(path)
        for path in pages()
        if summary in read(path) and not re.search(r"{% block title %}{% if [^%]*%}错误：", read(path))
    ]
    report(wrong, "start the title with {% if form.errors %}错误：{% endif %}")


# For everybody, without a cookie: no session that a forged post could use (see its view).
NO_TOKEN = {
    Path("templates/members/say.html"),
    *(Path(f"templates/evaluations/vote_{page}.html") for page in ("code", "rows", "check")),
    *(Path(f"templates/rectification/answer_{page}.html") for page in ("code", "choose", "check")),
}


def test_posted_forms_carry_their_token() -> None:
    form = re.compile(r"<form\b[^>]*method=\"post\".*?</form>", re.DOTALL | re.IGNORECASE)
    wrong = [
        f"{path}: {found.group(0)[:60]}"
        for path in screens()
        if path not in NO_TOKEN
        for found in form.finditer(read(path))
        if "{% csrf_token %}" not in found.group(0)
    ]
    report(wrong, "add {% csrf_token %}")


def _posts(path: Path, seen: frozenset[Path] = frozenset()) -> bool:
    """Whether a template, or a part of it, writes the token of a posted form."""
    parts = (Path("templates") / part for part in re.findall(r'{% include "([^"]+)"', read(path)))
    return "{% csrf_token %}" in read(path) or any(
        _posts(part, seen | {path}) for part in parts if part not in seen | {path}
    )


def test_parts_with_posted_forms_are_handed_the_token() -> None:
    include = re.compile(r'{% include "([^"]+)"[^%]*\bonly %}')
    wrong = [
        f"{path}: {found.group(0)}"
        for path in screens()
        for found in include.finditer(read(path))
        if _posts(Path("templates") / found.group(1)) and "csrf_token=csrf_token" not in found.group(0)
    ]
    report(
        wrong, "a part included with `only` knows no token, every browser is refused: csrf_token=csrf_token"
    )


def test_cells_of_tables_that_become_cards_have_labels() -> None:
    table = re.compile(r"<table class=\"[^\"]*\bcards\b.*?</table>", re.DOTALL)
    cell = re.compile(r"<td\b(?![^>]*data-label)[^>]*>")
    wrong = [
        f"{path}: {found}"
        for path in screens()
        for shown in table.findall(read(path))
        for found in cell.findall(shown)
        if "colspan" not in found
    ]
    report(wrong, "on a phone the cell is shown with its data-label")


def test_static_files_named_in_templates_exist() -> None:
    missing = [
        f"{path}: {asset}"
        for path in screens()
        for asset in STATIC.findall(read(path))
        if not finders.find(asset)
    ]
    report(missing, "no such file under static/")


def test_icons_named_in_templates_exist() -> None:
    used = re.compile(r'{% icon "([\w-]+)" %}')
    drawings = {path.stem for path in tracked("static/vendor/icons/*.svg")}
    missing = [
        f"{path}: {icon}" for path in screens() for icon in used.findall(read(path)) if icon not in drawings
    ]
    report(missing, "no such drawing in static/vendor/icons")


def test_style_sheets_and_scripts_of_a_page_stay_small() -> None:
    def weight(asset: str) -> int:
        found = finders.find(asset)
        assert isinstance(found, str), asset
        return len(gzip.compress(Path(found).read_bytes()))

    shared = STATIC.findall(read(Path("templates/base.html")))
    base = weight("django_htmx/htmx-2.min.js") + sum(weight(asset) for asset in shared)
    heavy = {
        str(path): total
        for path in pages()
        if (total := base + sum(weight(asset) for asset in set(STATIC.findall(read(path))))) > BUDGET
    }
    assert base > 10_000, "the frame of the page was not found"
    assert heavy == {}
