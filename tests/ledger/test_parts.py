"""The container and its parts: odd but legal files stay as they are, byte for byte."""

import re
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.ledger.patch import Patch
from arcredit.ledger.writing.parts import Package, relations_part, relative, resolve
from arcredit.ledger.writing.xml_spans import Edit, append, parse, set_attribute, splice, splice_stream, utf8
from ledger.losses import losses
from ledger.patch_books import ledger, opened, parts, rebuilt, replaced, report

SHEET = "xl/worksheets/sheet1.xml"
WORKBOOK = "xl/workbook.xml"
TOUCHED = {"[content_types].xml", WORKBOOK, "xl/_rels/workbook.xml.rels", "docprops/app.xml", "xl/styles.xml"}


def refreshed(path):
    """The file after a cell and a report sheet, and what it lost."""
    original = path.with_name("original.xlsx")
    original.write_bytes(path.read_bytes())
    patch = Patch(path)
    book = patch._book.part
    sheet = patch._book.sheet("Ledger").part.lower()
    patch.set_cell("Ledger", "ZZ1", 1)
    patch.put_sheet(report(), "AR Aging", owner="aging")
    assert patch.save()
    again = Patch(path)
    again.set_cell("Ledger", "ZZ1", 1)
    again.put_sheet(report(), "AR Aging", owner="aging")
    assert not again.save()
    touched = TOUCHED | {book.lower(), relations_part(book).lower(), "styles.xml"}
    return losses(original, path, touched, sheet, ["ZZ1"])


def test_padding_extra_fields_and_order_stay(tmp_path):
    """Excel pads local headers; that padding is nowhere else in the file."""
    path = ledger(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as made:
        for name, data in reversed(parts(path).items()):
            info = zipfile.ZipInfo(name, (1999, 12, 31, 23, 58, 0))
            info.extra = struct.pack("<HH", 0xA220, 8) + b"\0\0\0\0\0\0\0\0"
            info.external_attr = 0o600 << 16
            info.comment = b"note"
            made.writestr(info, data, zipfile.ZIP_STORED if "theme" in name else zipfile.ZIP_DEFLATED)
        made.comment = b"the whole"
    assert refreshed(tmp_path / "b.xlsx") == []
    with zipfile.ZipFile(tmp_path / "b.xlsx") as made:
        theme = made.getinfo("xl/theme/theme1.xml")
        assert (theme.date_time, theme.comment, theme.external_attr >> 16) == (
            (1999, 12, 31, 23, 58, 0),
            b"note",
            0o600,
        )
        assert made.comment == b"the whole"


class Unseekable:
    """A pipe: zipfile then writes sizes behind the data."""

    def __init__(self, file):
        self.file = file

    def write(self, data):
        return self.file.write(data)

    def flush(self):
        self.file.flush()


def test_data_descriptors(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    with open(tmp_path / "b.xlsx", "wb") as raw, zipfile.ZipFile(Unseekable(raw), "w", 8) as made:
        for name, data in parts(path).items():
            made.writestr(name, data)
    assert struct.unpack_from("<H", (tmp_path / "b.xlsx").read_bytes(), 6)[0] & 8
    assert refreshed(tmp_path / "b.xlsx") == []
    assert opened(tmp_path / "b.xlsx")["AR Aging"]["A1"].value == "Customer"


def test_zip64(tmp_path):
    """Some writers always keep sizes and places in the zip64 field, however small they are."""
    path = ledger(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w", 8) as made:
        for name, data in parts(path).items():
            with made.open(name, "w", force_zip64=True) as part:
                part.write(data)
    path = zip64_places(tmp_path / "b.xlsx")
    assert refreshed(path) == []
    assert opened(path)["Ledger"]["A2"].value == "INV1"


def zip64_places(path):
    """The file with each member's sizes and place moved into the zip64 field of its directory entry."""
    data = path.read_bytes()
    end = data.rindex(b"PK\5\6")
    size, start = struct.unpack_from("<2L", data, end + 12)
    at, entries = start, b""
    while at < start + size:
        fields = list(struct.unpack_from("<4s6H3L5H2L", data, at))
        name, extra, comment = fields[10:13]
        kept = data[at + 46 : at + 46 + name]
        field = struct.pack("<HHQQQ", 1, 24, fields[9], fields[8], fields[16])
        fields[8] = fields[9] = fields[16] = 0xFFFFFFFF
        fields[11] = len(field)
        entries += struct.pack("<4s6H3L5H2L", *fields) + kept + field
        at += 46 + name + extra + comment
    tail = bytearray(data[end:])
    struct.pack_into("<L", tail, 12, len(entries))
    path.write_bytes(data[:start] + entries + bytes(tail))
    return path


@pytest.mark.parametrize("rename", ["/{}", "upper", "backslash"])
def test_odd_part_names(tmp_path, rename):
    path = ledger(tmp_path / "a.xlsx")
    change = {
        "/{}": lambda name: f"/{name}",
        "upper": lambda name: name if name == "[Content_Types].xml" else name.upper(),
        "backslash": lambda name: name.replace("/", "\\"),
    }[rename]
    rebuilt(path, {}, rename=change)
    assert refreshed(path) == []
    with zipfile.ZipFile(path) as made:
        assert change(SHEET) in [info.orig_filename for info in made.infolist()]


def test_absolute_and_backslash_targets(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    rels = "xl/_rels/workbook.xml.rels"
    rebuilt(
        path,
        {
            rels: lambda data: data.replace(b'Target="w', b'Target="/xl/w').replace(
                b'Target="s', b'Target="..\\xl\\s'
            ),
            "_rels/.rels": replaced('Target="xl/workbook.xml"', 'Target="/xl/workbook.xml"'),
        },
    )
    assert refreshed(path) == []


def test_a_workbook_at_the_root_of_the_package(tmp_path):
    path = ledger(tmp_path / "a.xlsx")

    def at_root(data):
        return data.replace(b"/xl/", b"/").replace(b'"xl/', b'"')

    moves = {name: at_root for name in parts(path) if name.endswith(".rels") or name == "[Content_Types].xml"}
    rebuilt(path, moves, rename=lambda name: name.removeprefix("xl/"))
    assert refreshed(path) == []
    assert Patch(path).owned() == {"aging": "AR Aging"}


def test_content_types_by_extension_and_by_part(tmp_path):
    """A file that gives .xml the worksheet's type by default, and .rels none."""
    path = ledger(tmp_path / "a.xlsx")

    def odd(data):
        rels = "application/vnd.openxmlformats-package.relationships+xml"
        sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
        text = data.decode().replace(f'<Default Extension="rels" ContentType="{rels}"/>', "")
        text = re.sub(r'<Override PartName="/xl/worksheets/[^>]*>', "", text)
        text = text.replace(
            'Extension="xml" ContentType="application/xml"', f'Extension="xml" ContentType="{sheet}"'
        )
        added = "".join(
            f'<Override PartName="/{name}" ContentType="{rels}"/>'
            for name in parts(path)
            if name.endswith(".rels")
        )
        return text.replace("</Types>", f"{added}</Types>").encode()

    rebuilt(path, {"[Content_Types].xml": odd})
    assert refreshed(path) == []
    package = Package(path.read_bytes(), "a.xlsx")
    assert package.content_type("xl/worksheets/sheet3.xml").endswith("worksheet+xml")
    assert package.content_type("xl/worksheets/_rels/sheet3.xml.rels").endswith("relationships+xml")


def test_prefixed_parts(tmp_path):
    path = ledger(tmp_path / "a.xlsx")

    def prefixed(data):
        text = data.decode()
        text = re.sub(r"<(/?)(\w)", r"<\1x:\2", text).replace("xmlns=", "xmlns:x=")
        return text.encode()

    names = [SHEET, WORKBOOK, "xl/styles.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"]
    rebuilt(path, dict.fromkeys(names, prefixed))
    assert refreshed(path) == []
    book = opened(path)
    assert (book["Ledger"]["ZZ1"].value, book["AR Aging"]["C2"].number_format) == (
        1,
        "#,##0.00;[Red]-#,##0.00",
    )


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1"])
def test_other_encodings(tmp_path, encoding):
    path = ledger(tmp_path / "a.xlsx", sheets=("Ledger", "Größe"))

    def recoded(data):
        return data.decode().replace('encoding="UTF-8"', f'encoding="{encoding}"').encode(encoding)

    rebuilt(path, dict.fromkeys([SHEET, WORKBOOK, "xl/styles.xml"], recoded))
    patch = Patch(path)
    patch.set_cell("Ledger", "ZZ1", "ü")
    patch.put_sheet(report(), "AR Aging", owner="aging")
    assert patch.save()
    book = opened(path)
    assert book.sheetnames == ["Ledger", "Größe", "AR Aging"]
    assert book["Ledger"]["ZZ1"].value == "ü"


def test_markup_compatibility_stays_declared(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    ignorable = (
        ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x14ac xr"'
        ' xmlns:x14ac="urn:ac" xmlns:xr="urn:xr" xr:uid="{1}"'
    )

    def declared(data):
        return re.sub(
            rb"(<(?:worksheet|workbook|styleSheet)\b[^>]*?)>",
            rb"\1" + ignorable.encode() + b">",
            data,
            count=1,
        )

    rebuilt(path, dict.fromkeys([SHEET, WORKBOOK, "xl/styles.xml"], declared))
    assert refreshed(path) == []


def test_sheets_that_declare_the_relationship_prefix_themselves(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

    def moved(data):
        text = data.decode().replace(f' xmlns:r="{office}"', "")
        return text.replace(" r:id=", f' xmlns:rr="{office}" rr:id=').encode()

    rebuilt(path, {WORKBOOK: moved})
    assert refreshed(path) == []
    assert opened(path).sheetnames == ["Ledger", "Control", "AR Aging"]


def test_a_workbook_without_styles_titles_names_or_calculation(tmp_path):
    path = ledger(tmp_path / "a.xlsx")
    rebuilt(
        path,
        {
            "xl/styles.xml": None,
            "docProps/app.xml": None,
            "xl/_rels/workbook.xml.rels": lambda data: re.sub(rb"<Relationship [^>]*styles[^>]*>", b"", data),
            "_rels/.rels": lambda data: re.sub(rb"<Relationship [^>]*app.xml[^>]*>", b"", data),
            "[Content_Types].xml": lambda data: re.sub(
                rb"<Override [^>]*(?:styles|app)\.xml[^>]*>", b"", data
            ),
            WORKBOOK: lambda data: re.sub(rb"<calcPr[^>]*>", b"", data),
            SHEET: lambda data: re.sub(rb' s="\d"', b"", data),
        },
    )
    assert refreshed(path) == []
    text = parts(path)[WORKBOOK].decode()
    assert text.index("</definedNames>") < text.index('<calcPr fullCalcOnLoad="1"/>')
    assert opened(path)["AR Aging"]["A1"].font.bold


# Relationships, spans, splices


@pytest.mark.parametrize(
    ("part", "target", "meant"),
    [
        ("xl/workbook.xml", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
        ("xl/worksheets/sheet1.xml", "../drawings/d.xml", "xl/drawings/d.xml"),
        ("xl/workbook.xml", "/xl/a.xml#x", "xl/a.xml"),
        ("workbook.xml", "../a.xml", "a.xml"),
        ("", "xl/workbook.xml", "xl/workbook.xml"),
    ],
)
def test_targets(part, target, meant):
    assert resolve(part, target) == meant
    assert resolve(part, relative(part, meant)) == meant


def test_relationship_parts():
    assert relations_part("") == "_rels/.rels"
    assert relations_part("xl/workbook.xml") == "xl/_rels/workbook.xml.rels"
    assert relations_part("workbook.xml") == "_rels/workbook.xml.rels"


def test_spans_and_edits():
    data = "<?xml version='1.0'?><a b='1>2' c=\"é\"><!-- <b/> --><b/>t<b x=\"1\">ü</b></a>".encode()
    root = parse(data, "part")
    first, second = root.children
    assert data[second.start : second.stop].decode() == '<b x="1">ü</b>'
    assert (root.attributes, first.empty, second.text(data)) == ({"b": "1>2", "c": "é"}, True, "ü")
    edits = [set_attribute(data, root, "b", '"<'), set_attribute(data, root, "d", "4")]
    edits += [append(root, "<c/>"), append(first, "<d/>"), set_attribute(data, first, "y", "2")]
    made = splice(data, edits).decode()
    assert made.startswith('<?xml version=\'1.0\'?><a b=\'"&lt;\' c="é" d="4"><!-- <b/> -->')
    assert made.endswith('<b y="2"><d/></b>t<b x="1">ü</b><c/></a>')


def test_an_attribute_is_not_looked_for_inside_another():
    data = b'<a note=\' b="1"\' b="2"/>'
    assert splice(data, [set_attribute(data, parse(data, "part"), "b", "3")]) == b'<a note=\' b="1"\' b="3"/>'


@given(st.binary(max_size=60), st.data())
def test_splicing_a_stream_is_splicing_the_whole(data, draw):
    places = sorted(draw.draw(st.lists(st.integers(0, len(data)), max_size=8)))
    edits = [
        Edit(start, stop, draw.draw(st.binary(max_size=4)))
        for start, stop in zip(places[::2], places[1::2], strict=False)
    ]
    size = draw.draw(st.integers(1, 20))
    chunks = [data[at : at + size] for at in range(0, len(data), size)]
    assert b"".join(splice_stream(chunks, edits)) == splice(data, edits)


def test_utf8_passes_through():
    chunks = [b"\xef\xbb\xbf<?xml version='1.0'?><a>\xc3", b"\xa9</a>"]
    assert list(utf8(chunks)) == chunks
