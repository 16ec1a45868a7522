"""Bad input: one clear line each, in both languages, and the file is not touched."""

import io
import os
import struct
import zipfile
import zlib

import pytest

from arcredit.errors import FileBusy, PatchError
from arcredit.ledger.patch import Patch
from ledger.patch_books import ledger, parts, rebuilt, replaced, report

SHEET = "xl/worksheets/sheet1.xml"
WORKBOOK = "xl/workbook.xml"
DOCTYPE = b'<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;">]>'


def before_root(data):
    """A change for `rebuilt`: a document type before the root element."""
    end = data.index(b"?>") + 2
    return data[:end] + DOCTYPE + data[end:]


def refresh(path):
    patch = Patch(path)
    patch.set_cell("Ledger", "B2", 1)
    patch.put_sheet(report(), "AR Aging", owner="aging")
    patch.save()


def refused(path, key, *beside):
    """Open, write and save: refused with this key, in one line, and nothing is touched."""
    before = path.read_bytes()
    with pytest.raises(PatchError) as refusal:
        refresh(path)
    error = refusal.value
    assert error.key == key
    for language in ("en", "zh"):
        assert "\n" not in error.text(language)
        assert path.stem in error.text(language)
    assert path.read_bytes() == before
    assert sorted(item.name for item in path.parent.iterdir()) == sorted([path.name, *beside])
    return error


def written(path, data):
    path.write_bytes(data)
    return path


def ole(*names):
    """The beginning of a compound file, with streams of these names in its directory."""
    directory = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in names)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + directory


def test_encrypted(tmp_path):
    refused(written(tmp_path / "a.xlsx", ole("EncryptionInfo", "EncryptedPackage")), "patch.encrypted")


def test_old_format(tmp_path):
    refused(written(tmp_path / "a.xls", ole("Root Entry", "Workbook")), "patch.old_format")


@pytest.mark.parametrize("data", [b"", b"Invoice,Amount\n1,2\n", b"\x05Alice" + b" " * 159, b"%PDF-1.7"])
def test_not_a_zip(tmp_path, data):
    refused(written(tmp_path / "a.xlsx", data), "patch.not_a_workbook")


def test_a_zip_that_is_no_workbook(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("readme.txt", "hello")
    refused(path, "patch.not_a_workbook")


def test_a_text_document(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    rebuilt(path, {WORKBOOK: b'<w:document xmlns:w="urn:words"/>'})
    refused(path, "patch.not_a_workbook")


def test_binary_workbook(tmp_path):
    path = ledger(tmp_path / "a.xlsb")
    rebuilt(
        path,
        {
            WORKBOOK: None,
            "xl/workbook.bin": b"\x83\x01\x00",
            "_rels/.rels": replaced("xl/workbook.xml", "xl/workbook.bin"),
        },
    )
    refused(path, "patch.binary_format")


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.99, 0.9999])
def test_cut_off(tmp_path, share):
    path = ledger(tmp_path / "a.xlsx")
    data = path.read_bytes()
    refused(written(path, data[: int(len(data) * share)]), "patch.damaged")


def test_a_bit_that_fell_over(tmp_path):
    """In the sheet that is read, the checksum tells; in one that is copied, it stays the user's."""
    path = ledger(tmp_path / "a.xlsx")
    with zipfile.ZipFile(path) as opened:
        info = opened.getinfo(SHEET)
    data = bytearray(path.read_bytes())
    data[info.header_offset + 30 + len(info.filename) + info.compress_size // 2] ^= 0x10
    refused(written(path, bytes(data)), "patch.damaged")


def test_the_same_name_twice(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    with zipfile.ZipFile(path, "a") as made:
        made.writestr("XL/Workbook.xml", "<other/>")
    refused(path, "patch.damaged")


def test_parts_that_overlap(tmp_path):
    """Two directory entries for one place: the trick of the smallest bombs."""
    path = ledger(tmp_path / "a.xlsx")
    data = path.read_bytes()
    with zipfile.ZipFile(path) as opened:
        first, second = (opened.getinfo(name) for name in ("xl/styles.xml", "xl/theme/theme1.xml"))
    start = struct.pack("<L", second.header_offset)
    at = data.rindex(b"xl/theme/theme1.xml") - 46 + 42
    assert data[at : at + 4] == start
    spoiled = data[:at] + struct.pack("<L", first.header_offset) + data[at + 4 :]
    refused(written(path, spoiled), "patch.damaged")


def test_an_encrypted_member(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    data = bytearray(path.read_bytes())
    at = data.rindex(b"xl/styles.xml") - 46
    data[at + 8] |= 1
    refused(written(path, bytes(data)), "patch.encrypted")


def bomb(path, megabytes, claimed=None):
    """A workbook with a part that unpacks to many megabytes of zeros."""
    ledger(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        made.writestr("xl/media/zeros.bin", bytes(megabytes * 1_000_000))
    if claimed is not None:
        data = path.read_bytes()
        path.write_bytes(data.replace(struct.pack("<L", megabytes * 1_000_000), struct.pack("<L", claimed)))
    return path


def test_zip_bomb(tmp_path):
    error = refused(bomb(tmp_path / "a.xlsx", 150), "patch.bomb")
    assert error.values["size"] == "150"


def test_a_part_that_holds_more_than_it_says(tmp_path):
    path = ledger(tmp_path / "a.xlsx", fill=lambda book, sheet: sheet.write_column("A10", ["x" * 900] * 900))
    with zipfile.ZipFile(path) as opened:
        size = opened.getinfo("xl/worksheets/sheet1.xml").file_size
    data = path.read_bytes()
    refused(written(path, data.replace(struct.pack("<L", size), struct.pack("<L", 100))), "patch.damaged")


@pytest.mark.parametrize(
    "part",
    [SHEET, WORKBOOK, "[Content_Types].xml", "_rels/.rels", "xl/_rels/workbook.xml.rels", "xl/styles.xml"],
)
def test_entities(tmp_path, part):
    path = ledger(tmp_path / "a.xlsx")
    rebuilt(path, {part: before_root})
    refused(path, "patch.entities")


def test_entities_in_a_sheet_that_is_not_touched(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    rebuilt(path, {"xl/worksheets/sheet2.xml": before_root})
    refused(path, "patch.entities")


@pytest.mark.parametrize("part", [SHEET, WORKBOOK, "xl/styles.xml"])
def test_broken_xml(tmp_path, part):
    path = ledger(tmp_path / "a.xlsx")
    rebuilt(path, {part: lambda data: data.replace(b"</", b"<", 1)})
    refused(path, "patch.bad_xml")


@pytest.mark.parametrize("part", [WORKBOOK, "xl/styles.xml"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-32"])
def test_encodings_that_no_reader_of_xml_knows(tmp_path, part, encoding):
    path = ledger(tmp_path / "a.xlsx")
    rebuilt(path, {part: lambda data: data.replace(b"UTF-8", encoding.encode()).decode().encode(encoding)})
    refused(path, "patch.bad_xml")


def test_a_claimed_size_that_fills_the_sheet(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    rebuilt(path, {SHEET: replaced('<dimension ref="A1:C6"/>', '<dimension ref="A1:XFD1048576"/>')})
    error = refused(path, "patch.dimension")
    assert error.values["sheet"] == "Ledger"


def test_signed(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    kind = "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin"
    signature = f'<Relationship Id="rId9" Type="{kind}" Target="_xmlsignatures/origin.sigs"/></Relationships>'
    rebuilt(path, {"_xmlsignatures/origin.sigs": b"", "_rels/.rels": replaced("</Relationships>", signature)})
    refused(path, "patch.signed")


def test_reserved_by_a_password(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    lock = replaced("<workbookPr ", '<fileSharing userName="Li" reservationPassword="CC1A"/><workbookPr ')
    rebuilt(path, {WORKBOOK: lock})
    refused(path, "patch.write_reserved")


def test_only_recommended_to_be_read(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    rebuilt(path, {WORKBOOK: replaced("<workbookPr ", '<fileSharing readOnlyRecommended="1"/><workbookPr ')})
    patch = Patch(path)
    patch.set_cell("Ledger", "B2", 1)
    assert patch.save()


@pytest.mark.parametrize("owner", ["~$a.xlsx", ".~lock.a.xlsx#"])
def test_open_elsewhere(tmp_path, owner):
    path = ledger(tmp_path / "a.xlsx")
    (tmp_path / owner).write_bytes(b"")
    error = refused(path, "patch.busy", owner)
    assert isinstance(error, FileBusy)
    assert owner in str(error)


def test_open_elsewhere_by_the_name_of_a_link(tmp_path):
    """A program that opens a link may put its owner file beside the link."""
    (tmp_path / "far").mkdir()
    link = tmp_path / "link.xlsx"
    link.symlink_to(ledger(tmp_path / "far" / "a.xlsx"))
    (tmp_path / "~$link.xlsx").write_bytes(b"")
    assert "~$link.xlsx" in str(refused(link, "patch.busy", "far", "~$link.xlsx"))


@pytest.mark.skipif(os.name == "nt", reason="paths are shorter there")
@pytest.mark.parametrize("length", [248, 255])
def test_a_name_too_long_for_an_owner_file_beside_it(tmp_path, length):
    path = ledger(tmp_path / "a.xlsx").rename(tmp_path / f"{'n' * (length - 5)}.xlsx")
    patch = Patch(path)
    patch.set_cell("Ledger", "F1", 1)
    assert patch.save()


def test_read_only(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    path.chmod(0o444)
    assert isinstance(refused(path, "patch.read_only"), FileBusy)


def test_no_such_file(tmp_path):
    with pytest.raises(PatchError) as refusal:
        Patch(tmp_path / "none.xlsx")
    assert refusal.value.key == "patch.not_found"


def test_a_folder(tmp_path):
    with pytest.raises(FileBusy) as refusal:
        Patch(tmp_path)
    assert refusal.value.key == "patch.unreadable"


def test_structure_locked(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    rebuilt(path, {WORKBOOK: replaced("<bookViews>", '<workbookProtection lockStructure="1"/><bookViews>')})
    refused(path, "patch.structure_locked")
    patch = Patch(path)
    patch.set_cell("Ledger", "B2", 1)
    assert patch.save()


def test_our_sheet_is_replaced_though_the_structure_was_locked_since(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    patch = Patch(path)
    patch.put_sheet(report(), "AR Aging", owner="aging")
    patch.save()
    rebuilt(path, {WORKBOOK: replaced("<bookViews>", '<workbookProtection lockStructure="1"/><bookViews>')})
    patch = Patch(path)
    patch.put_sheet(report(rows=9), "AR Aging", owner="aging")
    assert patch.save()
    patch = Patch(path)
    patch.remove_sheet("aging")
    with pytest.raises(PatchError) as refusal:
        patch.save()
    assert refusal.value.key == "patch.structure_locked"


@pytest.mark.parametrize(
    ("sheet", "ref", "key"),
    [
        ("Nowhere", "A1", "patch.no_such_sheet"),
        ("Ledger", "A0", "patch.bad_reference"),
        ("Chart", "A1", "patch.no_cells"),
    ],
)
def test_no_such_place(tmp_path, sheet, ref, key):
    def fill(book, first):
        if first.name == "Ledger":
            chart = book.add_chart({"type": "pie"})
            chart.add_series({"values": "=Ledger!$B$2:$B$6"})
            book.add_chartsheet("Chart").set_chart(chart)

    path = ledger(tmp_path / "a.xlsx", fill=fill)
    with pytest.raises(PatchError) as refusal:
        Patch(path).set_cell(sheet, ref, 1)
    assert refusal.value.key == key


@pytest.mark.parametrize("name", ["", "x" * 32, "a/b", "a[b", "'a", "a'", "History"])
def test_no_sheet_name(tmp_path, name):
    book = Patch(ledger(tmp_path / "a.xlsx"))._book
    with pytest.raises(PatchError) as refusal:
        book.refuse_new(name)
    assert refusal.value.key == "patch.bad_sheet_name"


def test_the_only_sheet_cannot_go(tmp_path):
    path = ledger(tmp_path / "a.xlsx", sheets=("Ledger",))
    patch = Patch(path)
    patch.put_sheet(report(), "AR Aging", owner="aging")
    patch.save()
    text = parts(path)[WORKBOOK].decode()
    first = text[text.index("<sheet ") : text.index("/>", text.index("<sheet ")) + 2]
    rebuilt(path, {WORKBOOK: replaced(first, "")})
    patch = Patch(path)
    patch.remove_sheet("aging")
    with pytest.raises(PatchError) as refusal:
        patch.save()
    assert refusal.value.key == "patch.only_sheet"


def test_the_limit_on_styles(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    many = "<xf/>" * 65_000
    rebuilt(path, {"xl/styles.xml": lambda data: data.replace(b"</cellXfs>", f"{many}</cellXfs>".encode())})
    patch = Patch(path)
    patch.set_cell("Ledger", "B2", 1, number_format="0.000")
    with pytest.raises(PatchError) as refusal:
        patch.save()
    assert refusal.value.key == "patch.too_many_styles"


def test_unpacking_stays_small(tmp_path):
    """A packed part is read piece by piece: what it claims to hold is a limit, not a buffer."""
    path = bomb(tmp_path / "a.xlsx", 90)
    archive = Patch(path)._package.archive
    member = archive.members["xl/media/zeros.bin"]
    sizes = [len(piece) for piece in archive.chunks(member)]
    assert sum(sizes) == 90_000_000
    assert max(sizes) <= 1 << 20
    assert zlib.crc32(bytes(90_000_000)) == member.crc
    assert io.BytesIO(archive.stored(member)).read(4) == b"PK\3\4"
