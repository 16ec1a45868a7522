"""Guards behind other guards, each held by a test of its own: the page on security, once more."""

import os
import shutil
import struct
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from arcredit.errors import ArcreditError, Finding, LedgerError, PatchError
from arcredit.hosts.calc import office
from arcredit.hosts.cli import main
from arcredit.hosts.excel.install import installation, removal, take
from arcredit.hosts.excel.places import places
from arcredit.ledger import snapshot
from arcredit.ledger.patch import Patch
from arcredit.ledger.read import read
from arcredit.ledger.records import feed
from arcredit.ledger.records.feed import read_feed
from arcredit.ledger.snapshot import read_snapshot
from arcredit.ledger.writing import zips
from arcredit.ledger.writing.zips import Archive
from arcredit.words import visible
from ledger.patch_books import parts, rebuilt, replaced
from small_ledgers import DAY, ledger

SHEET = "xl/worksheets/sheet1.xml"


def run(*arguments):
    return CliRunner().invoke(main, [str(item) for item in arguments], env={"ARCREDIT_LANGUAGE": "en"})


def refused(content, key, path="a.xlsx"):
    with pytest.raises(PatchError) as refusal:
        Archive(content, path)
    assert refusal.value.key == key


def test_more_parts_and_more_bytes_than_any_workbook_has(tmp_path, monkeypatch):
    """The limits are far away, so the test brings them near."""
    content = ledger(tmp_path / "a.xlsx").read_bytes()
    archive = Archive(content, "a.xlsx")
    monkeypatch.setattr(zips, "MOST_MEMBERS", len(archive.members))
    monkeypatch.setattr(zips, "MOST_UNPACKED", sum(member.size for member in archive.members.values()))
    Archive(content, "a.xlsx")
    monkeypatch.setattr(zips, "MOST_MEMBERS", len(archive.members) - 1)
    refused(content, "patch.bomb")
    monkeypatch.undo()
    monkeypatch.setattr(zips, "MOST_UNPACKED", sum(member.size for member in archive.members.values()) - 1)
    refused(content, "patch.bomb")


def test_a_part_that_says_less_than_it_holds_is_not_unpacked_to_its_end(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a", bytes(40_000_000))
    content = path.read_bytes().replace(struct.pack("<L", 40_000_000), struct.pack("<L", 100))
    archive, seen = Archive(content, "a.zip"), []
    with pytest.raises(PatchError, match="larger than it says"):
        seen.extend(map(len, archive.chunks(archive.members["a"])))
    assert sum(seen) <= 100


def test_a_digit_that_fell_over(tmp_path):
    """Still a zip, still XML, another amount: the checksum alone tells."""
    path = ledger(tmp_path / "a.xlsx")
    have = parts(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as made:
        for name, data in have.items():
            made.writestr(name, data)
    content = path.read_bytes()
    assert content.count(b"<v>2700</v>") == 1
    path.write_bytes(content.replace(b"<v>2700</v>", b"<v>7700</v>"))
    with pytest.raises(LedgerError):
        read(path)
    patch = Patch(path)
    patch.set_cell("Ledger", "B2", 1)
    with pytest.raises(PatchError) as refusal:
        patch.save()
    assert refusal.value.key == "patch.damaged"


def test_a_part_inside_another_ones_bytes(tmp_path):
    """Names and headers agree, only the places overlap: as the smallest bombs are made."""
    path = tmp_path / "a.zip"

    def made(inside):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(zipfile.ZipInfo("outer"), inside)
            archive.writestr(zipfile.ZipInfo("inner"), b"content")
        return path.read_bytes()

    content = made(b"")
    start = zipfile.ZipFile(path).getinfo("inner").header_offset
    entry = content[start : start + 30 + len("inner") + len(b"content")]
    content = made(entry)
    assert Archive(content, "a.zip").members.keys() == {"outer", "inner"}
    old, new = zipfile.ZipFile(path).getinfo("inner").header_offset, 30 + len("outer")
    at = content.rindex(b"inner") - 4
    assert content[at : at + 4] == struct.pack("<L", old)
    refused(content[:at] + struct.pack("<L", new) + content[at + 4 :], "patch.damaged")


def test_signed_by_a_relationship_or_by_a_part_alone(tmp_path):
    kind = "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin"
    relation = f'<Relationship Id="rId9" Type="{kind}" Target="elsewhere.sigs"/></Relationships>'
    ways = (
        {"_rels/.rels": replaced("</Relationships>", relation), "elsewhere.sigs": b""},
        {"_xmlsignatures/sig1.xml": b"<a/>"},
    )
    for way in ways:
        path = rebuilt(ledger(tmp_path / "a.xlsx"), way)
        with pytest.raises(PatchError) as refusal:
            Patch(path)
        assert refusal.value.key == "patch.signed"


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_commands_that_only_read_refuse_document_types_too(tmp_path, part, encoding):
    path = ledger(tmp_path / "a.xlsx")

    def with_type(data):
        body = data.decode().partition("?>")[2].strip()
        head = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'
        return (head + body).encode(encoding)

    rebuilt(path, {part: with_type})
    for command in ("check", "aging"):
        done = run(command, path, *(("--as-of", DAY) if command == "aging" else ()))
        assert done.exit_code == 3, done.output


def test_names_that_steer_the_terminal_are_spelled_out_in_every_line(tmp_path):
    """Of sheets, of files that are read, refused, missing, written."""
    evil = "a\x1b[2J\u202e\u200b.xlsx"
    path = ledger(tmp_path / evil)
    book = openpyxl.load_workbook(path)
    book["Ledger"].title = "L\u202e\u200bx"
    book.save(path)
    torn = tmp_path / f"torn{evil}"
    torn.write_bytes(b"PK")
    lines = (
        *(("check", path), ("refresh", path, "--as-of", DAY), ("aging", path, "--as-of", DAY)),
        *(("init", path, "--records", "limits"), ("claim", path, "--xlsx", tmp_path / f"c{evil}")),
        *(("check", torn), ("refresh", torn), ("recalc", torn, "--recalc", "own"), ("log", tmp_path)),
    )
    for line in lines:
        said = run(*line).output.replace("\n", "")
        assert said
        assert visible(said) == said, line


class Opened:
    """Which files were opened and connections made while it was on; a hook can't be taken away again."""

    def __init__(self):
        self.on, self.seen = False, []
        sys.addaudithook(self.note)

    def note(self, event, arguments):
        if self.on and (event == "open" or event.startswith(("socket.", "subprocess.", "os.system"))):
            self.seen.append(f"{event} {arguments[:1]}")


@pytest.mark.parametrize("part", ["worksheets/sheet1.xml", "sharedStrings.xml", "styles.xml", "workbook.xml"])
def test_parts_that_are_said_to_lie_outside_are_not_there(tmp_path, part):
    """Not one more relationship but the one that counts leads out, to a file that would do."""
    outside = tmp_path / "outside.xml"
    book = tmp_path / "in"
    book.mkdir()
    outside.write_bytes(parts(ledger(book / "a.xlsx"))[f"xl/{part}"])
    opened = Opened()
    rels = "_rels/.rels" if part == "workbook.xml" else "xl/_rels/workbook.xml.rels"
    old = "xl/workbook.xml" if part == "workbook.xml" else part
    for target in (outside, "../" * 30 + str(outside), outside.as_uri(), f"//localhost{outside}"):
        path = rebuilt(
            ledger(book / "a.xlsx"), {rels: replaced(f'"{old}"', f'"{target}"'), f"xl/{part}": None}
        )
        opened.on = True
        for command in ("check", "refresh", "recalc"):
            run(command, path, *(() if command == "check" else ("--as-of", DAY)), *RECALC.get(command, ()))
        opened.on = False
    assert [event for event in opened.seen if "a.xlsx" in event]
    assert not [event for event in opened.seen if "outside" in event or not event.startswith("open")]


RECALC = {"recalc": ("--recalc", "own")}


def test_feeds_beyond_their_limits(tmp_path, monkeypatch):
    path = tmp_path / "news.csv"
    path.write_text("customer,date\n" + "C1,2026-06-01\n" * 30)
    assert len(read_feed(path)) == 30
    for name, limit in (("MOST_BYTES", path.stat().st_size - 1), ("MOST_ITEMS", 29)):
        with monkeypatch.context() as near:
            near.setattr(feed, name, limit)
            with pytest.raises(LedgerError) as refusal:
                read_feed(path)
        assert refusal.value.key == "records.feed_size"
    path.write_text('{"a":' * 200_000)
    with pytest.raises(LedgerError) as refusal:
        read_feed(path)
    assert refusal.value.key == "records.feed_kind"


def test_what_goes_to_libreoffice_meets_a_profile_without_macros_and_links(tmp_path, monkeypatch):
    """LibreOffice as shipped asks a person first; where nobody sits it must not depend on that."""
    seen = []

    def instead(command, **_):
        place = next(item.partition("=")[2] for item in command if item.startswith("-env:UserInstallation"))
        settings = Path(place.removeprefix("file://")) / "user" / "registrymodifications.xcu"
        seen.append(settings.read_text(encoding="utf-8"))
        shutil.copy(command[-1], Path(command[command.index("--outdir") + 1]) / "a.pdf")

    monkeypatch.setattr(office, "soffice", lambda: "soffice")
    monkeypatch.setattr(office.subprocess, "run", instead)
    (tmp_path / "out").mkdir()
    office.convert([ledger(tmp_path / "a.xlsx")], "pdf", tmp_path / "out")
    for setting in ("DisableMacrosExecution", "BlockUntrustedRefererLinks"):
        assert f'"{setting}" oor:op="fuse"><value>true<' in seen[0]
    assert '"Link" oor:op="fuse"><value>2<' in seen[0]


def test_a_snapshot_with_a_bit_that_fell_over_never_tells_other_figures(tmp_path):
    """A finding, or in bytes that mean nothing the same items; checksums of pages make it so."""
    book = ledger(tmp_path / "a.xlsx")
    assert run("refresh", book, "--as-of", DAY, "--snapshot").exit_code in (0, 1)
    (path,) = (tmp_path / ".arcredit").glob("*.parquet")
    content = path.read_bytes()
    whole = read_snapshot(path, book, DAY)
    refused = 0
    for place in range(4, len(content), 11):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0x04]) + content[place + 1 :])
        found = read_snapshot(path, book, DAY)
        refused += isinstance(found, Finding)
        assert isinstance(found, Finding) or same_items(found, whole), place
    assert refused > 90


def same_items(one, other):
    return (
        one.document.tolist() == other.document.tolist()
        and one.open_amount.tolist() == other.open_amount.tolist()
        and one.due_date.tolist() == other.due_date.tolist()
        and one.customer.texts().tolist() == other.customer.texts().tolist()
    )


def test_a_snapshot_of_more_rows_than_any_ledger_has(tmp_path, monkeypatch):
    book = ledger(tmp_path / "a.xlsx")
    run("refresh", book, "--as-of", DAY, "--snapshot")
    (path,) = (tmp_path / ".arcredit").glob("*.parquet")
    monkeypatch.setattr(snapshot, "_MOST_ROWS", 29)
    assert read_snapshot(path, book, DAY).key == "snapshot.damaged"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+1", "@SUM(1)", " =1", "＝1+1", "＋1", "－1", "＠SUM(1)"])
def test_signs_that_begin_a_formula_in_a_csv(text):
    """The wide ones too: Excel in Chinese or Japanese may take them for the narrow ones."""
    from arcredit.hosts.printing import _for_csv

    assert _for_csv(text) == f"'{text}"


@pytest.mark.parametrize("error", [OSError(28, "No space left on device", "/x\x1b[2J"), RuntimeError("odd")])
def test_whatever_the_system_refuses_is_said_in_words(tmp_path, monkeypatch, error):
    def fails(*_, **__):
        raise error

    monkeypatch.setattr("arcredit.hosts.recalc.recalculate", fails)
    monkeypatch.setattr("arcredit.hosts.refresh.recalculate", fails)
    path = ledger(tmp_path / "a.xlsx")
    before = path.read_bytes()
    for command in (("recalc", path, "--recalc", "own"), ("refresh", path)):
        done = run(*command, "--as-of", DAY)
        assert done.exit_code == 3
        assert "Traceback" not in done.output
        ours = isinstance(error, RuntimeError)
        assert ("No space left on device" in done.output) == (not ours)
        assert ("defect of ours" in done.output) == ours
        assert "\x1b" not in done.output
    assert path.read_bytes() == before
    assert isinstance(ArcreditError("cli.system", detail="x").text("zh"), str)


@pytest.mark.parametrize(
    "torn", [b"\0" * 5000, b'{"path": "x', b"\xff\xfe{", b"[" * 100_000, b"{}", b"5", b'{"path": "x"}']
)
def test_a_log_torn_anywhere_is_read_and_continued(tmp_path, torn):
    """As a power failure leaves it: cut, or filled with zeros; or as whoever edited it by hand."""
    ledger(tmp_path / "a.xlsx")
    assert run("refresh", tmp_path, "--as-of", DAY, "--jobs", 1).exit_code in (0, 1)
    log = tmp_path / ".arcredit" / "log.jsonl"
    whole = log.read_bytes()
    log.write_bytes(torn + b"\n" + whole + torn)
    for form in ("table", "json"):
        shown = run("log", tmp_path, "--format", form)
        assert shown.exit_code == 0, shown.output
        assert "a.xlsx" in shown.output
    again = run("refresh", tmp_path, "--as-of", DAY, "--jobs", 1)
    assert again.exit_code in (0, 1), again.output
    assert "as the last run left it" in again.output
    assert log.read_bytes().startswith(torn + b"\n" + whole + torn + b"\n{")


def test_real_workbooks_meet_every_command_that_reads(shared, tmp_path):
    """No ledger among them, so each is refused in words; every tenth here, all by hand before a release."""
    files = [path for path in sorted((shared / "corpus").iterdir()) if ".xls" in path.name.lower()]
    for path in files[::10]:
        copy = Path(shutil.copyfile(path, tmp_path / path.name))
        for command in (("check", copy), ("recalc", copy, "--recalc", "own", "--dry-run")):
            done = run(*command)
            assert done.exit_code in (0, 1, 3), (path.name, done.output)
            assert "defect of ours" not in done.output, (path.name, done.output)
        assert copy.read_bytes() == path.read_bytes()
        copy.unlink()
    assert len(files) > 400
    assert list(tmp_path.iterdir()) == []


def test_an_installation_that_fails_at_any_step_is_taken_away_whole(tmp_path, monkeypatch):
    """The add-in, its record and the Mac's script come by renames; each fails once."""
    here = places("darwin", {"HOME": str(tmp_path)})

    def commands(command):
        here.python.parent.mkdir(parents=True, exist_ok=True)
        here.python.write_text("python")

    real = os.replace
    for failing in range(3):
        counts = iter(range(100))

        def replace(old, new, counts=counts, failing=failing):
            if next(counts) == failing:
                raise OSError(28, "No space left on device")
            real(old, new)

        monkeypatch.setattr(os, "replace", replace)
        with pytest.raises((OSError, PatchError), match="No space left"):
            take(installation(here, "x", commands), lambda step: None)
        monkeypatch.undo()
        assert not [path for path in tmp_path.rglob("*") if "draft" in path.name or ".~arcredit" in path.name]
        take(removal(here), lambda step: None)
        assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    take(installation(here, "x", commands), lambda step: None)
    assert here.addin.exists()
    assert here.bridge[0].exists()
