"""House rules of the source tree, each one a failing check that says what to do instead."""

import ast
import io
import re
import statistics
import subprocess
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
APPS = ("branches", "members", "meetings", "evaluations", "rectification")
FILES = {
    "urls", "views", "tasks", "admin", "forms", "filters", "reports", "progress", "services", "workflow",
    "permissions", "models", "rules", "management", "migrations", "presets", "apps", "__init__",
}  # fmt: skip
EXTRA_FILES = {"branches": {"http", "templatetags"}, "evaluations": {"paper", "urn"}}
DOCUMENTED = {"services", "workflow", "permissions", "reports", "rules", "paper", "urn"}
LONGEST_FILE, LONGEST_MODEL, LONGEST_VIEW, MEDIAN_VIEW = 300, 250, 40, 15
Function = ast.FunctionDef | ast.AsyncFunctionDef
Finding = tuple[int, str]  # line, what to do


def tracked(*patterns: str) -> list[Path]:
    """Files that are, or are about to be, in the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = sorted(set(listed.stdout.split("\0")) - {""})
    return [Path(name) for name in names if (ROOT / name).is_file()]


def product_code() -> list[Path]:
    """Python files of the five apps and config, without migrations."""
    wanted = (f"{folder}/**.py" for folder in (*APPS, "config"))
    return [path for path in tracked(*wanted) if "migrations" not in path.parts]


def layer(path: Path) -> str:
    """The file name of architecture.md a file of an app belongs to: services/audit.py is `services`."""
    return path.parts[1].removesuffix(".py") if len(path.parts) > 1 else ""


def read(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def without_explanations(path: Path) -> list[str]:
    """The lines of a file; in Python comments and docstrings are blank, for they explain and decide nothing."""
    lines = read(path).splitlines()
    if path.suffix != ".py":
        return lines
    begins_statement = True
    for token in tokenize.generate_tokens(io.StringIO(read(path)).readline):
        if token.type == tokenize.COMMENT or (token.type == tokenize.STRING and begins_statement):
            for row in range(token.start[0] - 1, token.end[0]):
                lines[row] = lines[row][: token.start[1]] if token.type == tokenize.COMMENT else ""
        if token.type not in (tokenize.COMMENT, tokenize.NL):
            begins_statement = token.type in (
                tokenize.NEWLINE,
                tokenize.INDENT,
                tokenize.DEDENT,
                tokenize.ENCODING,
            )
    return lines


def report(findings: list[str], rule: str) -> None:
    assert not findings, f"{rule}\n  " + "\n  ".join(findings)


def imports_inside_functions(_path: Path, tree: ast.Module) -> Iterator[Finding]:
    """An import hidden in a function hides an upward call; move the code to the app above instead."""
    for function in ast.walk(tree):
        if isinstance(function, Function):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    yield node.lineno, "move this import to the top, or this code to the app above"


SIGNALS = re.compile(r"^django\.dispatch|signals$")


def signals(_path: Path, tree: ast.Module) -> Iterator[Finding]:
    """Signals are action at a distance; call the service that should act."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and SIGNALS.search(node.module or ""):
            yield node.lineno, "call a service instead of using a signal"


def status_assignments(path: Path, tree: ast.Module) -> Iterator[Finding]:
    """Only perform() in branches/workflow/base.py moves a document from one status to another."""
    if path == Path("branches/workflow/base.py"):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "status" and isinstance(node.ctx, ast.Store):
            if layer(path) == "forms" and not ast.unparse(node.value).endswith("instance"):
                continue  # a row of a form is not a document
            yield node.lineno, "use perform(document, transition, by=user)"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update":
            for keyword in node.keywords:
                if keyword.arg == "status":
                    yield node.lineno, "use perform() for each document, not update(status=…)"


def unscoped_queries(path: Path, tree: ast.Module) -> Iterator[Finding]:
    """In a view every query begins with what the user may see."""
    if layer(path) != "views":
        return
    scoped = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "visible_to"
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr in ("objects", "_default_manager")
            and id(node) not in scoped
        ):
            yield node.lineno, "write Model.objects.visible_to(request.user)"


def missing_docstrings(path: Path, tree: ast.Module) -> Iterator[Finding]:
    """A module, a model and each public function of the layers that decide say what they do."""
    if tree.body and not ast.get_docstring(tree):
        yield 1, "say in one sentence what this module holds"
    wanted: tuple[type[ast.stmt], ...] = ()
    if layer(path) == "models":
        wanted = (ast.ClassDef,)
    elif layer(path) in DOCUMENTED:
        wanted = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in tree.body:
        if not (isinstance(node, wanted) and isinstance(node, ast.ClassDef | Function)):
            continue
        if not node.name.startswith("_") and not ast.get_docstring(node):
            yield node.lineno, f"say in one sentence what `{node.name}` is, does or returns"


SOURCE_CHECKS: list[Callable[[Path, ast.Module], Iterator[Finding]]] = [
    imports_inside_functions,
    signals,
    status_assignments,
    unscoped_queries,
    missing_docstrings,
]
BAD = {
    "imports_inside_functions": ("members/rules.py", "def f():\n    import os"),
    "signals": ("members/apps.py", "from django.db.models.signals import post_save"),
    "status_assignments": ("members/services.py", "plan.status = 'closed'"),
    "unscoped_queries": ("members/views.py", "Member.objects.filter(pk=1).visible_to(user)"),
    "missing_docstrings": ("members/services.py", "'''Module.'''\ndef freeze(): ..."),
}


@pytest.mark.parametrize("check", SOURCE_CHECKS, ids=lambda check: check.__name__)
def test_source_keeps_the_house_rule(check: Callable[[Path, ast.Module], Iterator[Finding]]) -> None:
    findings = [
        f"{path}:{line}: {advice}"
        for path in product_code()
        for line, advice in check(path, ast.parse(read(path)))
    ]
    report(findings, check.__doc__ or "")


@pytest.mark.parametrize("check", SOURCE_CHECKS, ids=lambda check: check.__name__)
def test_each_house_rule_finds_its_own_breach(check: Callable[[Path, ast.Module], Iterator[Finding]]) -> None:
    name, source = BAD[check.__name__]
    assert list(check(Path(name), ast.parse(source)))


def test_there_are_five_apps_and_no_sixth() -> None:
    packages = {path.parts[0] for path in tracked("*/__init__.py") if len(path.parts) == 2}
    allowed = {*APPS, "config"}
    report(
        sorted(packages - allowed - {"tests", "bench", "scripts"}),
        "put this into one of the five apps or config/lib",
    )
    assert {app for app in settings.INSTALLED_APPS if app.split(".")[0] in packages} >= set(APPS)


def test_an_app_holds_only_the_files_of_the_architecture() -> None:
    allowed = {app: FILES | EXTRA_FILES.get(app, set()) for app in APPS}
    findings = [str(path) for app in APPS for path in tracked(f"{app}/**") if layer(path) not in allowed[app]]
    report(findings, "this file has no place in the table of docs/architecture.md; which layer is it?")


def test_files_stay_small() -> None:
    findings = []
    for path in [*product_code(), *tracked("scripts/*", "templates/**.html", "static/js/*.js")]:
        limit = LONGEST_MODEL if layer(path) == "models" and path.parts[0] in APPS else LONGEST_FILE
        if (lines := read(path).count("\n")) > limit:
            findings.append(f"{path}: {lines} lines, at most {limit}")
    report(findings, "split by page, topic or model")


def test_views_stay_short() -> None:
    lengths = {}
    for path in product_code():
        if layer(path) == "views":
            for node in ast.parse(read(path)).body:
                if isinstance(node, Function):
                    lengths[f"{path}:{node.lineno} {node.name}"] = (node.end_lineno or 0) - node.lineno + 1
    long = [f"{name}: {lines} lines" for name, lines in lengths.items() if lines > LONGEST_VIEW]
    report(
        long, f"a view finds, asks, acts and answers in at most {LONGEST_VIEW} lines; move work to a service"
    )
    median = statistics.median(lengths.values()) if lengths else 0
    assert median <= MEDIAN_VIEW, (
        f"half of the views are longer than {median} lines; most should have {MEDIAN_VIEW}"
    )


FOREIGN_URL = re.compile(
    r"https?://(?!127\.0\.0\.1|localhost|\[::1\]|www\.w3\.org/|schemas\.openxmlformats\.org/|[\w.-]*example\b|\{|\$|%)[\w.-]+"
)
LEFT_OVER = re.compile(
    r"\b(TODO|FIXME|XXX|HACK)\b|breakpoint\(\)|(?<![\w.])/(home|root|Users|work)/\w|[Ll]orem ipsum"
)
REGULATION = re.compile(
    r"\b(1500|1200|1000)\b.*(字|chars|length)|\b[12] ?/ ?3\b|Fraction\(\s*[12]\s*,\s*3|三分之|"
    r"(不少于|至少)\s*\d+|\b(10|15|20)\s*个?(工作日|日|天|人|名|字|%|％)"
)
EXAMPLE = re.compile(r"例如[^）)\"”。]*")
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|\sstyle=[\"']|\son[a-z]+=[\"']|<style\b", re.IGNORECASE)


def is_rule_data(path: Path) -> bool:
    """Where numbers of the regulations live: the keys with their defaults, the presets, the demo's text."""
    return path.parts[:2] == ("branches", "rules") or "presets" in path.parts or "demo" in path.parts


PAGES = ("templates/**.html",)
CODE = tuple(f"{folder}/**.py" for folder in (*APPS, "config"))


@pytest.mark.parametrize(
    ("pattern", "rule", "where", "bad"),
    [
        (FOREIGN_URL, "nothing is loaded from elsewhere: keep it in static/vendor", (*CODE, *PAGES, "static/css/*", "static/js/*"), "https://cdn.test/x.js"),
        (LEFT_OVER, "finish it or file it; and no path of one machine", ("*.py", "*.html", "*.md", "Makefile", "deploy/*", "scripts/*", "docs/**"), "# TO" + "DO later"),
        (REGULATION, "a number of the regulations belongs into the rule set of the campaign", (*CODE, *PAGES), "不少于 15 人"),
        (INLINE, "the Content-Security-Policy refuses inline scripts and styles", PAGES, '<p style="color:red">'),
    ],
    ids=["foreign-url", "left-over", "regulation-number", "inline-code"],
)  # fmt: skip
def test_text_is_clean(pattern: re.Pattern[str], rule: str, where: tuple[str, ...], bad: str) -> None:
    assert pattern.search(bad), "the pattern no longer finds what it is for"
    findings = []
    for path in tracked(*where):
        exempt = "vendor" in path.parts or "migrations" in path.parts or path.name == Path(__file__).name
        exempt = exempt or path.suffix == ".png"  # a picture is no text
        if exempt or (pattern is REGULATION and is_rule_data(path)):
            continue
        if pattern is INLINE and "reports" in path.parts:  # printed sheets never reach a browser
            continue
        lines = read(path).splitlines()
        if pattern is REGULATION:
            lines = [EXAMPLE.sub("", line) for line in without_explanations(path)]
        for number, line in enumerate(lines, 1):
            if found := pattern.search(line):
                findings.append(f"{path}:{number}: {found.group(0).strip()}")
    report(findings, rule)


def test_every_third_party_file_stands_with_its_licence() -> None:
    folders = {Path(*path.parts[:3]) for path in tracked("static/vendor/**")}
    licences = re.compile(r"^(licen[cs]e|ofl|copying)", re.IGNORECASE)
    without = [
        str(folder)
        for folder in folders
        if not any(licences.match(f.name) for f in (ROOT / folder).iterdir())
    ]
    report(without, "keep the licence beside the vendored files: static/vendor/NAME/LICENSE")
