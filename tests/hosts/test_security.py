"""What a hostile workbook, feed or file name can try; `docs/security.md` names the test that stops each."""

import http.server
import os
import re
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from click.testing import CliRunner

from arcredit.hosts import bounds
from arcredit.hosts.cli import main
from arcredit.hosts.refresh import refresh
from arcredit.hosts.run_log import entries, log_of
from arcredit.ledger.patch import Patch
from arcredit.words import visible
from hostile.survival import opens
from ledger.patch_books import parts, rebuilt, replaced
from libreoffice import program
from small_ledgers import DAY, HEADINGS, OPTIONS, ledger, tall_ledger

ROOT = Path(__file__).parents[2]
INJECTIONS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x","y")',
)
STEERING = "\x1b[2J\x1b]0;owned\x07\n\r\u202egnp.exe\u200b\x9b31m"


def run(*arguments):
    line = [str(item) for item in arguments]
    return CliRunner().invoke(main, line, env={"ARCREDIT_LANGUAGE": "en"})


def with_texts(path, *texts):
    """A ledger with a customer, name, document and currency of each text."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("Ledger")
        sheet.write_row(0, 0, HEADINGS)
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for row, text in enumerate((*texts, "C1", "C2"), 1):
            for column in (0, 1, 2):
                sheet.write_string(row, column, f"{text}{column if column == 2 else ''}")
            sheet.write_number(row, 3, 46000, day)
            sheet.write_number(row, 4, 46030, day)
            sheet.write_number(row, 5, 100.0 * row)
            sheet.write_string(row, 6, "EUR")
    return path


def formulas(path):
    """Every formula of a workbook."""
    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    return [cell.value for cell in cells if cell.data_type == "f"]


WATCH = """
import os, sys
from pathlib import Path
system = ["/proc", "/dev/null", "/dev/urandom", "/sys", "/usr", "/etc/localtime"]
allowed = [sys.prefix, sys.base_prefix, *system, sys.argv[1]]
import arcredit.hosts.refresh, arcredit.hosts.cli, pyarrow, openpyxl
from arcredit.hosts.refresh import Options, refresh
import datetime as dt
def watch(event, arguments):
    if event.startswith("socket.") or event in (
        "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "os.spawn",
    ):
        raise SystemExit(f"{event} {arguments}")
    if event == "open" and isinstance(arguments[0], str) and not any(
        arguments[0].startswith(place) for place in allowed
    ):
        raise SystemExit(f"{event} {arguments}")
for path in map(Path, sys.argv[2:]):
    if os.fork() == 0:
        allowed.append(str(path.parent))
        sys.addaudithook(watch)
        done = refresh(path, Options(as_of=dt.date(2026, 6, 30), reports="all"))
        print(path, done.status, sep="\t", flush=True)
        os._exit(0)
    if os.wait()[1]:
        print(path, "ended", sep="\t", flush=True)
"""


def watched(*paths):
    """How each is refreshed, by a process that ends when it opens a foreign file, connection or program."""
    # Python 3.12 and newer warn of a fork beside threads: numpy's, which the child does not need.
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", WATCH, str(ROOT), *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    ends = dict(line.split("\t") for line in done.stdout.splitlines())
    return [ends[str(path)] for path in paths]


TARGETS = (
    "../../../../etc/passwd",
    "/etc/passwd",
    "file:///etc/passwd",
    "http://127.0.0.1:9/x",
    "//host/share/x.xlsx",
    "\\\\host\\x",
)


MODES = ("", ' TargetMode="External"')


def leading_out(path, target, mode):
    """A ledger with relationships that lead out of the file, of every kind that is read."""
    ledger(path)
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kinds = (
        "externalLink",
        "image",
        "table",
        "drawing",
        "worksheet",
        "sharedStrings",
        "customXml",
        "pivotTable",
    )
    more = "".join(
        f'<Relationship Id="x{kind}" Type="{office}/{kind}" Target="{target}"{mode}/>' for kind in kinds
    )
    rebuilt(path, {"xl/_rels/workbook.xml.rels": replaced("</Relationships>", f"{more}</Relationships>")})
    return path


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """How the refresh of each such ledger ended, and whether the file is another one now."""
    cases = [(target, mode) for target in TARGETS for mode in MODES]
    paths = [leading_out(tmp_path_factory.mktemp("out") / "a.xlsx", *case) for case in cases]
    before = [path.read_bytes() for path in paths]
    ends = watched(*paths)
    changed = [path.read_bytes() != old for path, old in zip(paths, before, strict=True)]
    return dict(zip(cases, zip(ends, changed, strict=True), strict=True))


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("mode", MODES)
def test_targets_outside_are_never_followed(followed, target, mode):
    """Relationships that lead out of the file: external links, images, tables, sheets, our own settings."""
    end, changed = followed[target, mode]
    assert end != "ended"
    assert end == "refreshed" or not changed


def test_nothing_of_a_workbook_is_run_or_fetched(tmp_path):
    """Macros, links to other workbooks, DDE, WEBSERVICE: bytes to us; only stored results are read."""
    path = tmp_path / "a.xlsm"
    ledger(path)
    calls = (
        "WEBSERVICE(&quot;http://127.0.0.1:9/&quot;)",
        "[1]Sheet1!A1",
        "cmd|&apos; /C calc&apos;!A0",
        "CALL(&quot;x&quot;)",
    )
    cells = "".join(f'<c r="{"HIJK"[place]}2"><f>{call}</f><v>1</v></c>' for place, call in enumerate(calls))
    sheet = "xl/worksheets/sheet1.xml"
    macros = b"\xd0\xcf\x11\xe0 not even a real one"
    rebuilt(
        path,
        {
            sheet: lambda data: re.sub(
                rb'(<row r="2".*?)</row>', rb"\1" + cells.encode() + b"</row>", data, count=1
            ),
            "xl/vbaProject.bin": macros,
        },
    )
    assert b"WEBSERVICE" in parts(path)[sheet]
    assert watched(path) == ["refreshed"]
    assert parts(path)["xl/vbaProject.bin"] == macros
    assert b"WEBSERVICE" in parts(path)[sheet]


def test_libreoffice_fetches_nothing_either(tmp_path):
    """Ours around WEBSERVICE goes to LibreOffice; its profile follows no link and runs no macro."""
    program("soffice")
    asked = []

    class Trap(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Trap) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        path = ledger(tmp_path / "a.xlsx")
        url = f"http://127.0.0.1:{server.server_port}/"
        patch = Patch(path)
        patch.set_cell("Ledger", "J1", 0, formula=f'AR_TIE_OUT(100,VALUE(WEBSERVICE("{url}")))')
        patch.save()
        done = refresh(path, OPTIONS)
        server.shutdown()
    assert done.error is None
    assert asked == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_texts_that_look_like_formulas_stay_texts(tmp_path, language):
    """On reports, sheets of `init` and the group's view, no formula holds what came from a cell."""
    path = with_texts(tmp_path / "a.xlsx", *INJECTIONS)
    assert run("init", path, "--records", "all", "--language", language).exit_code in (0, 1)
    out = tmp_path / "out" / "group.xlsx"
    out.parent.mkdir()
    done = run(
        "refresh", path, "--as-of", DAY, "--reports", "all", "--consolidate", out, "--language", language
    )
    assert done.exit_code in (0, 1), done.output
    shown = parts(path)
    assert sum(b"cmd|" in data for name, data in shown.items() if "sheet" in name.lower()) >= 1
    for book in (path, out):
        for formula in formulas(book):
            assert not any(text.strip()[:6] in str(formula) for text in INJECTIONS if len(text) > 6), formula


def test_texts_that_look_like_formulas_are_marked_in_csv(tmp_path):
    path = with_texts(tmp_path / "a.xlsx", *INJECTIONS)
    done = run("aging", path, "--as-of", DAY, "--format", "csv")
    first = [line.split(",")[0].strip('"') for line in done.output.splitlines()]
    assert not [cell for cell in first if cell[:1] in tuple("=+-@\t\r")]
    assert "'=1+1" in first


@pytest.mark.parametrize("command", ["check", "aging", "dso", "refresh"])
@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_no_text_steers_the_terminal(tmp_path, command, form):
    """Escapes, line breaks, marks of direction, C1 controls are spelled out; markup is not obeyed."""
    path = with_texts(tmp_path / "a.xlsx", STEERING, "[red]x[/red]", "[/x]", "{path}")
    format = ("--format", form) if command in ("aging", "dso") else ()
    done = run(command, path, *format, *(() if command == "check" else ("--as-of", DAY)))
    assert done.exit_code in (0, 1), done.output
    assert visible(done.output.replace("\n", "")) == done.output.replace("\n", "")
    if command == "aging":
        assert "[/x]" in done.output
        assert "\\u202e" in done.output


def test_a_name_cannot_forge_a_line_of_the_log(tmp_path):
    name = 'a\n{"path": "forged", "status": "refreshed"}\n\x1b[2J.xlsx'
    ledger(tmp_path / name)
    done = run("refresh", tmp_path, "--as-of", DAY, "--jobs", 1)
    assert done.exit_code in (0, 1), done.output
    (entry,) = entries(log_of(tmp_path))
    assert entry["path"] == str((tmp_path / name).resolve())
    for format in ("table", "json"):
        shown = run("log", tmp_path, "--format", format).output
        assert "\x1b" not in shown
        assert not [line for line in shown.splitlines() if line.startswith('{"path": "forged"')]


NAMES = (
    "a b.xlsx",
    "-rf.xlsx",
    "--help.xlsx",
    "😀客户.xlsx",
    "$(touch x);`id`&'\".xlsx",
    "a%s{0}.xlsx",
    "*.xlsx",
    "[a].xlsx",
)


def test_file_names_are_names_and_nothing_else(tmp_path):
    for name in NAMES:
        ledger(tmp_path / name)
    done = run("refresh", tmp_path, "--as-of", DAY, "--jobs", 1)
    assert done.exit_code in (0, 1), done.output
    assert {
        Path(entry["path"]).name: entry["status"] for entry in entries(log_of(tmp_path))
    } == dict.fromkeys(NAMES, "refreshed")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*NAMES, ".arcredit"])


def test_links_to_files_are_followed_once_and_stay_links(tmp_path):
    """The file that is meant is replaced, not the link; a circle of folders ends."""
    (tmp_path / "far").mkdir()
    real = ledger(tmp_path / "far" / "a.xlsx")
    (tmp_path / "near.xlsx").symlink_to(real)
    (tmp_path / "far" / "round").symlink_to(tmp_path)
    (tmp_path / "gone.xlsx").symlink_to(tmp_path / "nowhere.xlsx")
    done = run("refresh", tmp_path, "--as-of", DAY, "--jobs", 1)
    assert done.exit_code in (0, 1), done.output
    assert (tmp_path / "near.xlsx").is_symlink()
    assert opens(real.read_bytes())
    assert len(list(entries(log_of(tmp_path)))) == 1


SETTINGS = (
    *(
        "",
        "x",
        "[]",
        "null",
        "1",
        '"x"',
        "{",
        "[" * 100_000,
        '{"edges": 5}',
        '{"edges": "1e999"}',
        '{"language": "xx"}',
    ),
    *(
        '{"mapping": 5}',
        '{"mapping": "{}"}',
        '{"convention": ["x"]}',
        '{"customer": {"a": 1}}',
        '{"snapshot": "yes"}',
    ),
    *(
        '{"mapping": "{\\"version\\": 1, \\"sheet\\": 5, \\"header_rows\\": [1, 1], \\"first_row\\": 2}"}',
        '{"credits": NaN}',
    ),
    '{"mapping": "{\\"version\\": 1, \\"sheet\\": \\"Ledger\\", \\"header_rows\\": [-9, 9999999999], '
    '\\"first_row\\": \\"x\\", '
    '\\"columns\\": {\\"customer\\": 7}}"}',
)


@pytest.mark.parametrize("text", SETTINGS, ids=range(len(SETTINGS)))
def test_what_a_workbook_remembers_is_not_trusted(tmp_path, text):
    """Our own settings, forged: refused in our words or ignored, never obeyed blindly, never a crash."""
    path = ledger(tmp_path / "a.xlsx")
    patch = Patch(path)
    patch.remember(text)
    patch.save()
    before = path.read_bytes()
    done = refresh(path, OPTIONS)
    assert done.error is None or done.error.key != "cli.unexpected", done.error
    assert done.status == "refreshed" or path.read_bytes() == before


DEEP = "<a>" * 200_000
WIDE = "<a " + " ".join(f'b{number}="1"' for number in range(30_000)) + "/>"


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"]
)
@pytest.mark.parametrize("bomb", [DEEP, WIDE, WIDE * 3], ids=["deep", "wide", "wider"])
def test_deep_and_wide_elements(tmp_path, part, bomb):
    path = ledger(tmp_path / "a.xlsx")
    rebuilt(path, {part: lambda data: data.replace(b"</", bomb.encode() + b"</", 1)})
    before = path.read_bytes()
    done = refresh(path, OPTIONS)
    assert done.error is None or done.error.key != "cli.unexpected", done.error
    assert done.status == "refreshed" or path.read_bytes() == before


def test_giant_shared_strings(tmp_path):
    """A text of three million letters, and a count that lies: read as they are, shown as a cell can."""
    path = ledger(tmp_path / "a.xlsx")
    huge = "x" * 3_000_000

    def swell(data):
        data = re.sub(rb'count="\d+" uniqueCount="\d+"', b'count="4294967295" uniqueCount="4294967295"', data)
        return data.replace(b"<t>Company 0</t>", f"<t>{huge}</t>".encode())

    rebuilt(path, {"xl/sharedStrings.xml": swell})
    before = path.read_bytes()
    done = refresh(path, OPTIONS)
    assert done.error is None or done.error.key != "cli.unexpected", done.error
    assert opens(path.read_bytes()) or path.read_bytes() == before


def test_absurd_records(tmp_path):
    """Records with giant, negative and meaningless values become findings or honest blanks."""
    path = ledger(tmp_path / "a.xlsx")
    assert run("init", path, "--records", "all").exit_code in (0, 1)
    with zipfile.ZipFile(path) as opened:
        names = [name for name in opened.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)]
    for value in (b"1e308", b"-1e308", b"99999999999999999999", b"-1"):
        changed = {
            name: (
                lambda data, value=value: re.sub(
                    rb"<v>0\.\d+</v>|<v>\d\d</v>", b"<v>" + value + b"</v>", data
                )
            )
            for name in names[1:]
        }
        rebuilt(path, changed)
        before = path.read_bytes()
        done = refresh(path, OPTIONS)
        assert done.error is None or done.error.key != "cli.unexpected", done.error
        assert done.status != "failed" or path.read_bytes() == before


LIMITS = """
import resource, sys
from pathlib import Path
from arcredit.hosts import bounds
from arcredit.hosts.refresh import refresh
from small_ledgers import OPTIONS
{limit}
done = refresh(Path(sys.argv[1]), OPTIONS)
print(done.error.key if done.error else done.status, resource.getrlimit(resource.RLIMIT_DATA)[0] == {left})
"""


@pytest.mark.skipif(sys.platform != "linux", reason="did not run: only Linux holds a process to both limits")
@pytest.mark.parametrize(
    ("limit", "key"),
    [("bounds.TIME_LIMIT = 0.05", "cli.too_long"), ("bounds.MEMORY_LIMIT = 150 << 20", "cli.too_large")],
)
def test_one_workbook_alone_is_bounded(tmp_path, limit, key):
    """Time and memory end in our words also where there is no worker process, and the file is as it was."""
    path = tall_ledger(tmp_path / "a.xlsx", rows=150_000)
    before = path.read_bytes()
    code = LIMITS.format(limit=limit, left="resource.RLIM_INFINITY")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
    command = [sys.executable, "-c", code, str(path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout == f"{key} True\n", done.stderr[-1500:]
    assert path.read_bytes() == before


def test_the_bounds_are_those_of_the_page():
    page = (ROOT / "docs" / "security.md").read_text()
    assert f"{bounds.TIME_LIMIT / 60:.0f} minutes" in page
    assert f"{bounds.MEMORY_LIMIT >> 30} GB" in page


@pytest.mark.parametrize("page", ["security.md", "security.zh.md"])
def test_every_test_named_on_the_page_is_there(page):
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text)
    assert len(named) > 25
    for file, test in named:
        assert f"\ndef {test}(" in (ROOT / file).read_text(encoding="utf-8"), f"{file}::{test}"
    other = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    assert set(named) == set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", other))
