"""A file in a store read, and replaced whole by another one if it is still the one that was read.

S3 and Azure compare and write in one step: the new object is put on the condition that the old one still has
its tag, and is seen only when it is whole. Elsewhere the new file is put beside the old one, the old one is
looked at again, and the new one takes its name; what is saved within that moment would be lost.
"""

import contextlib
import errno
import hashlib
import uuid
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from arcredit.errors import FileBusy
from arcredit.hosts.stores.failures import leased, status_of
from arcredit.ledger.writing.replace import TEMPORARY

_CHANGED = 412
_KEPT = (
    "BucketKeyEnabled",
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "ContentType",
    "Metadata",
    "SSEKMSKeyId",
    "ServerSideEncryption",
    "StorageClass",
)
"""What S3 keeps with an object's bytes and forgets when it is put anew."""


class Seen(NamedTuple):
    """A file as the store has it: what changes with every write, and what is kept with its bytes."""

    version: str
    size: int
    traits: Mapping[str, Any] = {}


def seen(store: Any, path: str) -> Seen:
    """How a file is now; nothing that the store's package remembers is believed."""
    store.invalidate_cache()
    kind = kind_of(store)
    if kind == "s3":
        return _seen_in_s3(store, path)
    if kind == "abfs":
        found = _in_azure(store, path, lambda blob: blob.get_blob_properties())
        traits = {"metadata": found.metadata, "content_settings": found.content_settings}
        return Seen(found.etag, found.size, traits)
    about = store.info(path)
    return Seen(str(store.ukey(path)), int(about.get("size") or 0))


def kind_of(store: Any) -> str:
    """How files are replaced there: ``s3``, ``abfs`` or, for any other store, nothing."""
    names = (store.protocol,) if isinstance(store.protocol, str) else store.protocol
    return next((name for name in ("s3", "abfs") if name in names), "")


def fetched(store: Any, path: str, local: Path) -> Seen:
    """Read a file of the store into one here, whole and of one version.

    Raises
    ------
    FileBusy
        If it changed while it was read.
    """
    before = seen(store, path)
    store.get_file(path, str(local))
    if local.stat().st_size != before.size or seen(store, path).version != before.version:
        raise FileBusy("store.changed", address=store.unstrip_protocol(path))
    return before


def replaced(store: Any, path: str, local: Path, before: Seen) -> bool:
    """Put a file in the place of the one that was read; whether the store itself made sure that it was.

    Raises
    ------
    FileBusy
        If the one in the store has changed or is open elsewhere; it then stays.
    """
    _refuse_locked(store, path)
    try:
        return _replaced(store, path, local, before)
    except Exception as error:
        # An answer that got lost, or was asked for twice, leaves open whether the file is there.
        if _arrived(store, path, local):
            return bool(kind_of(store))
        if status_of(error) == _CHANGED and not leased(error):
            raise FileBusy("store.changed", address=store.unstrip_protocol(path)) from None
        raise


def _replaced(store: Any, path: str, local: Path, before: Seen) -> bool:
    kind = kind_of(store)
    if kind == "abfs":
        _put_in_azure(store, path, local, before)
        return True
    if kind == "s3" and _compares(store):
        try:
            _put_in_s3(store, path, local, before.traits, IfMatch=before.version)
            return True
        except OSError as error:
            if error.errno != errno.ENOSYS:  # a store that speaks S3 but for this
                raise
    _refuse_changed(store, path, before)
    if kind == "s3":
        _put_in_s3(store, path, local, before.traits)
    else:
        _put_and_renamed(store, path, local, before)
    return False


def _arrived(store: Any, path: str, local: Path) -> bool:
    try:
        if seen(store, path).size != local.stat().st_size:
            return False
        with store.open(path, "rb") as there, local.open("rb") as here:
            return (
                hashlib.file_digest(there, "sha256").digest() == hashlib.file_digest(here, "sha256").digest()
            )
    except Exception:
        return False  # what went wrong before is what is told


def _seen_in_s3(store: Any, path: str) -> Seen:
    bucket, key, _ = store.split_path(path)
    about = store.call_s3("head_object", Bucket=bucket, Key=key)
    traits = {name: about[name] for name in _KEPT if about.get(name) is not None}
    if about.get("TagCount"):
        tags = store.call_s3("get_object_tagging", Bucket=bucket, Key=key)["TagSet"]
        from urllib.parse import urlencode

        traits["Tagging"] = urlencode({tag["Key"]: tag["Value"] for tag in tags})
    return Seen(about["ETag"], about["ContentLength"], traits)


def _compares(store: Any) -> bool:
    """Whether the package knows the condition; one that is too old would leave it out in silence."""
    return "IfMatch" in store.s3.meta.service_model.operation_model("PutObject").input_shape.members


def _put_in_s3(store: Any, path: str, local: Path, traits: Mapping[str, Any], **condition: str) -> None:
    bucket, key, _ = store.split_path(path)
    # Bytes, not a file: what is tried again begins at the first one.
    store.call_s3("put_object", Bucket=bucket, Key=key, Body=local.read_bytes(), **traits, **condition)
    store.invalidate_cache()


def _put_in_azure(store: Any, path: str, local: Path, before: Seen) -> None:
    from azure.core import MatchConditions

    settings = before.traits["content_settings"]
    settings.content_md5 = None  # that of the old bytes

    async def put(blob: Any) -> None:
        with local.open("rb") as file:
            await blob.upload_blob(
                file,
                overwrite=True,
                etag=before.version,
                match_condition=MatchConditions.IfNotModified,
                metadata=before.traits["metadata"],
                content_settings=settings,
            )

    _in_azure(store, path, put)
    store.invalidate_cache()


def _in_azure(store: Any, path: str, do: Callable[[Any], Awaitable[Any]]) -> Any:
    """Azure's own client of a file: the store's package hands neither tags nor conditions on."""
    from fsspec.asyn import sync

    container, name, _ = store.split_path(path)

    async def run() -> Any:
        async with store.service_client.get_blob_client(container, name) as blob:
            return await do(blob)

    return sync(store.loop, run)


def _put_and_renamed(store: Any, path: str, local: Path, before: Seen) -> None:
    beside = f"{path.rpartition('/')[0]}/{TEMPORARY}{uuid.uuid4().hex[:12]}.tmp"
    try:
        store.put_file(str(local), beside)
        if seen(store, beside).size != local.stat().st_size:
            raise ConnectionError("cut off")
        _refuse_changed(store, path, before)
        store.mv(beside, path)
    finally:
        with contextlib.suppress(Exception):
            store.invalidate_cache()
            if store.exists(beside):
                store.rm_file(beside)


def _refuse_changed(store: Any, path: str, before: Seen) -> None:
    if seen(store, path).version != before.version:
        raise FileBusy("store.changed", address=store.unstrip_protocol(path))


def _refuse_locked(store: Any, path: str) -> None:
    folder, _, name = path.rpartition("/")
    for owner in (f"~${name}", f".~lock.{name}#"):
        if store.exists(f"{folder}/{owner}"):
            raise FileBusy("patch.busy", path=store.unstrip_protocol(path), owner=owner)
