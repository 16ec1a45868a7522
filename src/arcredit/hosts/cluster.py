"""The same run on a Dask cluster: workers elsewhere, the workbooks in a folder or store that all of them see.

A worker that is lost in mid-run loses nothing: its workbook is given to another one, and a file that was
written already is found up to date. Needs the extra ``cluster``.
"""

import uuid
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError
from functools import partial
from typing import Any

from distributed import Client, as_completed
from distributed.scheduler import KilledWorker

from arcredit.errors import ArcreditError, SettingsError
from arcredit.hosts.batch import Results, Task, failed, tried_again, work
from arcredit.hosts.refresh import Refreshed

_AHEAD = 4
"""Workbooks handed out per core of the cluster."""
_RETRIES = 3


def refresh_there(tasks: Iterable[Task], scheduler: str) -> Results:
    """Refresh workbooks on the workers of a scheduler and give each result as it is there.

    Files in use are tried again at the end.

    Parameters
    ----------
    tasks : iterable of Task
        Their paths as the workers see them.
    scheduler : str
        Address such as ``tcp://host:8786``.

    Raises
    ------
    SettingsError
        If no scheduler answers there.
    """
    try:
        client = _client(scheduler)
    except (OSError, TimeoutError, ValueError) as error:
        raise SettingsError("cli.no_scheduler", address=scheduler, detail=str(error)) from None
    with client:
        yield from tried_again(tasks, lambda todo, _: _results(client, todo))


def _results(client: Any, tasks: Iterable[Task]) -> Iterator[tuple[Task, Refreshed]]:
    waiting = iter(tasks)
    given: dict[str, Task] = {}
    running: Any = _running([], loop=client.loop)
    for task in waiting:
        _hand_out(client, task, given, running)
        if len(given) >= _AHEAD * max(1, sum(client.ncores().values())):
            break
    for future in running:
        task = given.pop(future.key)
        yield task, _result(future, task)
        following = next(waiting, None)
        if following is not None:
            _hand_out(client, following, given, running)


# Dask's own functions carry no types.
_client: Any = partial(Client, timeout="10s", set_as_default=False)
_running: Any = as_completed


def _hand_out(client: Client, task: Task, given: dict[str, Task], running: Any) -> None:
    key = f"refresh-{uuid.uuid4().hex}-{task.path}"
    future = client.submit(work, task, pure=False, retries=_RETRIES, key=key)
    given[str(future.key)] = task
    running.add(future)


def _result(future: Any, task: Task) -> Refreshed:
    try:
        done = future.result()
    except (KilledWorker, CancelledError) as error:
        return failed(task, ArcreditError("cli.worker_died", detail=type(error).__name__))
    except Exception as error:  # a worker that lacks a package, say, or has another version of ours
        return failed(task, ArcreditError("cli.unexpected", detail=f"{type(error).__name__}: {error}"))
    assert isinstance(done, Refreshed)
    return done
