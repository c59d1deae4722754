"""What Dask is asked to compute: tasks on partitions, and what its failures mean."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograd import ClusterError, DataError, GlassgradError

__all__ = ["Part", "computed", "delayed", "run", "sent", "task"]

#: Exceptions that say that a cluster went away, by name: Dask's distributed is not always there to be imported.
_LOST = ("CancelledError", "FutureCancelledError", "CommClosedError", "KilledWorker", "NoValidWorkerError")


@dataclass(frozen=True)
class Part:
    """What computes one partition's inputs and labels.

    Attributes:
        graph: Dask's, of both.
        keys: of both in it.
    """

    graph: Mapping[Any, Any]
    keys: tuple[Any, Any]

    @classmethod
    def of(cls, X: Any, y: Any) -> Part:
        """Return that of a pair of Dask's delayed objects."""
        return cls({**X.__dask_graph__(), **y.__dask_graph__()}, (X.key, y.key))


def delayed(collection: Any) -> list[Any]:
    """Return one of Dask's delayed objects per partition, in order."""
    found = collection.to_delayed()
    return found if isinstance(found, list) else list(found.ravel())


def task(key: str, function: Callable[..., Any], refs: Iterable[Any], *args: Any) -> Any:
    """Return the task with that key: `function` of what has the keys `refs`, and of `args` as they are."""
    from dask._task_spec import Task, TaskRef

    return Task(key, function, *map(TaskRef, refs), *args)


def sent(thing: Any) -> Any:
    """Return one of Dask's delayed objects for `thing`, which lies where it is computed with from now on."""
    from dask import delayed as later  # type: ignore[attr-defined]

    made = later(thing, name=f"glassgrad-{uuid.uuid4().hex}", traverse=False)
    return computed(lambda: made.persist(optimize_graph=False))


def run(graphs: Iterable[Mapping[Any, Any]], tasks: Sequence[Any], wanted: Sequence[Any]) -> list[Any]:
    """Compute `tasks` on top of `graphs`, by the cluster that there is a Client for, else in threads.

    Returns:
        What the `wanted` among the tasks gave.

    Raises:
        ClusterError, DataError: see :func:`computed`.
    """
    import dask.base
    import dask.threaded

    whole: dict[Any, Any] = {}
    for graph in graphs:
        whole.update(graph)
    whole.update({each.key: each for each in tasks})
    get = dask.base.get_scheduler() or dask.threaded.get  # type: ignore[no-untyped-call]
    found: list[Any] = computed(lambda: list(get(whole, [each.key for each in wanted])))
    return found


def computed(work: Callable[[], Any]) -> Any:
    """Let Dask work.

    Raises:
        ClusterError: workers or scheduler went away.
        DataError: a partition could not be computed.
    """
    try:
        return work()
    except GlassgradError:
        raise
    except Exception as error:
        kind = type(error).__name__
        lost = isinstance(error, OSError | TimeoutError) or kind in _LOST
        if lost or type(error).__module__.startswith("distributed"):
            raise ClusterError(
                f"the cluster did not answer, {kind}: {error}; the model is as it was. Start a scheduler and a Client, "
                "or close the Client to go on in threads, and call fit again (resume=True with a checkpoint)"
            ) from error
        raise DataError(f"a partition could not be computed, {kind}: {error}; the model is as it was") from error
