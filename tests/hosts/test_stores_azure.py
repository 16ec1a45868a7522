"""The same against Azurite, which stands in for Azure; ``make test`` installs it."""

import datetime as dt
import os
import socket
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from arcredit.hosts.batch import Task, work, workbooks
from arcredit.hosts.cli import main
from arcredit.hosts.console import DONE, FINDINGS, REFUSED
from arcredit.hosts.run_log import entries, log_of
from arcredit.hosts.stores import objects
from small_ledgers import DAY, OPTIONS, ledger

AZURITE = Path(__file__).parents[2] / "build/azurite/node_modules/.bin/azurite-blob"
# The emulator's own account, the same everywhere.
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


def run(*arguments, language="en"):
    return CliRunner().invoke(
        main, [str(item) for item in arguments], env={"ARCREDIT_LANGUAGE": language, "COLUMNS": "400"}
    )


@pytest.fixture(scope="module")
def account(tmp_path_factory):
    import adlfs

    if not AZURITE.exists():
        reason = "did not run: Azurite is not installed (make build/azurite/.ready)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    command = [AZURITE, "--blobHost", "127.0.0.1", "--blobPort", port, "--skipApiVersionCheck", "--silent"]
    folder = tmp_path_factory.mktemp("azurite")
    server = subprocess.Popen([*map(str, command), "--location", str(folder), "--disableTelemetry"])
    with pytest.MonkeyPatch.context() as patch:
        host = f"http://127.0.0.1:{port}/devstoreaccount1"
        patch.setenv(
            "AZURE_STORAGE_CONNECTION_STRING",
            f"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey={KEY};BlobEndpoint={host};",
        )
        try:
            _wait_for(port)
            adlfs.AzureBlobFileSystem.clear_instance_cache()
            yield adlfs.AzureBlobFileSystem()
        finally:
            adlfs.AzureBlobFileSystem.clear_instance_cache()
            server.terminate()
            server.wait()


def _wait_for(port):
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return ledger(tmp_path_factory.mktemp("book") / "a.xlsx").read_bytes()


@pytest.fixture
def box(account, request, book):
    """A container of its own for each test, with one workbook in it."""
    name = f"box{len(account.ls(''))}"
    account.mkdir(name)
    account.pipe_file(f"{name}/a.xlsx", book)
    account.box, account.address = name, f"abfs://{name}"
    return account


def test_a_folder_in_azure_from_one_end_to_the_other(box, book, tmp_path):
    box.pipe({f"{box.box}/{name}": book for name in ("deep/er/AR_b.xlsx", ".hidden/c.xlsx", "deep/~$x.xlsx")})
    assert workbooks([box.address], ["ar_*.xlsx"]) == [f"{box.address}/deep/er/AR_b.xlsx"]
    group = f"{box.address}/view/group.xlsx"
    begin = ("refresh", box.address, "--as-of", DAY, "--jobs", 1)
    assert run(*begin, "--snapshot").exit_code in (DONE, FINDINGS)
    local = tmp_path / "a.xlsx"
    local.write_bytes(book)
    work(Task(local, replace(OPTIONS, snapshot=True)))
    assert box.cat(f"{box.box}/a.xlsx") == local.read_bytes(), "as a folder's file would be"
    assert run(*begin, "--snapshot").output.count("not read again") == 2
    assert run(*begin, "--consolidate", group).exit_code in (DONE, FINDINGS)
    assert box.exists(f"{box.box}/view/group.xlsx")
    assert len(list(entries(log_of(box.address)))) == 6
    assert run("log", box.address, "--match", "AR_b").output.count("46,500.00 EUR") == 3
    assert f".arcredit/AR_b.xlsx.{DAY}.parquet" in "".join(box.find(f"{box.box}/deep/er"))


def test_changes_read_the_snapshots_of_the_container(box, tmp_path):
    book, month = f"{box.address}/a.xlsx", dt.date(2026, 5, 31)
    assert run("refresh", book, "--as-of", month, "--snapshot").exit_code in (DONE, FINDINGS)
    box.pipe_file(f"{box.box}/a.xlsx", ledger(tmp_path / "a.xlsx", rows=28).read_bytes())
    told = run("changes", book, "--since", month, "--as-of", DAY)
    assert "I-29" in told.output, told.output + told.stderr


def test_what_somebody_saves_meanwhile_is_never_overwritten(box, monkeypatch):
    put = objects._put_in_azure

    def somebody_saves(store, path, local, before):
        box.pipe_file(f"{box.box}/a.xlsx", b"the other one's work", overwrite=True)
        put(store, path, local, before)

    monkeypatch.setattr(objects, "_put_in_azure", somebody_saves)
    assert work(Task(f"{box.address}/a.xlsx", OPTIONS)).error.key == "store.changed"
    assert box.cat(f"{box.box}/a.xlsx") == b"the other one's work"


def test_a_leased_workbook_is_in_use_and_its_traits_stay(box, book):
    path, address = f"{box.box}/a.xlsx", f"{box.address}/a.xlsx"
    objects._in_azure(box, path, lambda blob: blob.set_blob_metadata({"owner": "ar"}))
    lease = objects._in_azure(box, path, lambda blob: blob.acquire_lease(15))
    assert work(Task(address, OPTIONS)).error.key == "store.leased"
    assert box.cat(path) == book
    objects._in_azure(box, path, lambda blob: _ended(blob, lease))
    assert work(Task(address, OPTIONS)).status == "refreshed"
    assert objects.seen(box, path).traits["metadata"]["owner"] == "ar"


async def _ended(blob, lease):
    from azure.storage.blob.aio import BlobLeaseClient

    await BlobLeaseClient(blob, lease.id).release()


def test_no_such_container_and_a_wrong_key(box, monkeypatch):
    import adlfs

    nowhere = run("refresh", "abfs://no-such-container/x", "--as-of", DAY)
    assert (nowhere.exit_code, "no such bucket, container" in nowhere.stderr) == (REFUSED, True)
    known = os.environ["AZURE_STORAGE_CONNECTION_STRING"]
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", known.replace("Eby8", "Abc8"))
    adlfs.AzureBlobFileSystem.clear_instance_cache()
    done = run("refresh", f"{box.address}/a.xlsx", "--as-of", DAY)
    assert done.exit_code == REFUSED
    assert "the store refuses" in done.stderr
    adlfs.AzureBlobFileSystem.clear_instance_cache()
