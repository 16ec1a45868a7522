"""What a store's failure means to the user, whichever package tells of it."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from arcredit.errors import ArcreditError, FileBusy, LedgerError

_DENIED = {
    "NoCredentialsError",
    "PartialCredentialsError",
    "CredentialRetrievalError",
    "ClientAuthenticationError",
    "CredentialUnavailableError",
}
_BROKEN = {
    "EndpointConnectionError",
    "ConnectionClosedError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "HTTPClientError",
    "ResponseStreamingError",
    "IncompleteReadError",
    "IncompleteRead",
    "ClientError",
    "ClientPayloadError",
    "ServiceRequestError",
    "ServiceResponseError",
}
"""By name: none of the packages that define them has to be here."""
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}


@contextmanager
def telling(address: str) -> Iterator[None]:
    """Turn whatever a store raises into what the user is told.

    Raises
    ------
    LedgerError
        If the store refuses, or what is asked for is not there.
    FileBusy
        If it may work later.
    """
    try:
        yield
    except ArcreditError:
        raise
    except Exception as error:
        raise told(error, address) from None


def told(error: BaseException, address: str) -> ArcreditError:
    """What a failure means; packages wrap one in another, the first that says something counts."""
    detail = _detail(error)
    for link in _chain(error):
        key = _meaning(link)
        if key in ("store.changed", "store.leased", "store.throttled", "store.broken"):
            return FileBusy(key, address=address, detail=detail)
        if key:
            return LedgerError(key, address=address, detail=detail)
    return LedgerError("cli.no_store", address=address, detail=detail)


def status_of(error: BaseException) -> int:
    """The HTTP status that a store answered with; 0 where there is none."""
    return next((found for found in map(_status, _chain(error)) if found), 0)


def leased(error: BaseException) -> bool:
    """Whether Azure refused because another program has the file to itself."""
    return "lease" in str(getattr(error, "error_code", "")).lower()


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        yield error
        seen.add(id(error))
        error = error.__cause__ or error.__context__


def _status(error: BaseException) -> int:
    found: Any = getattr(error, "status_code", None) or getattr(error, "status", None)
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        found = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return found if isinstance(found, int) else 0


def _meaning(error: BaseException) -> str:
    status = _status(error)
    kinds = {kind.__name__ for kind in type(error).__mro__}
    number = error.errno if isinstance(error, OSError) else None
    meanings = {
        "store.no_package": isinstance(error, ImportError),
        "store.no_room": number in _NO_ROOM,
        "store.leased": leased(error),
        "store.changed": status == 412,
        "store.denied": status in (401, 403) or isinstance(error, PermissionError) or bool(kinds & _DENIED),
        "store.not_found": status == 404 or isinstance(error, FileNotFoundError),
        "store.throttled": status in (409, 429, 503) or number == errno.EBUSY,
        "store.broken": status >= 500
        or isinstance(error, ConnectionError | TimeoutError | EOFError)
        or (bool(kinds & _BROKEN) and not status),
    }
    return next((key for key, holds in meanings.items() if holds), "")


def _detail(error: BaseException) -> str:
    """One line; some packages tell a page."""
    lines = (str(error).strip() or type(error).__name__).splitlines()
    return lines[0].rstrip(".")[:300]
