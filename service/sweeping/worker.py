"""The sweeping process: every listed survey when it is due, in parallel, one sweeper per survey in the fleet."""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from math import inf
from random import uniform
from typing import TYPE_CHECKING, Protocol

import structlog

from service.cache.freshness import age_of
from service.survey.errors import (
    DamagedValueError,
    NotFoundError,
    RejectedError,
    ServiceError,
    StaleLeaseError,
    UnavailableError,
)
from service.sweeping.chores.runner import Chore, Chores
from service.sweeping.paging import StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from service.ports import Clock
    from service.store.control import Control
    from service.survey.errors import UpstreamError
    from service.sweeping.sweep import SweepReport

log = structlog.get_logger()

LEASE_SECONDS = 10.0
FIRST_RETRY = 1.0  # seconds; doubles with each failure, up to the interval
PARALLEL = 4
CATCH_UP_SECONDS = 5.0  # between two turns of a survey that has more to do than one turn holds
IDLE = 0.5  # seconds between two looks at what is due
LOOK_FOR_UNLISTED = 60.0  # at most so many seconds between two looks for surveys that nobody lists any more
HEALING = -1  # the repair uses a lease like a survey's, under this id
HEAL_SECONDS = 5.0  # between two checks whether a repair is due


class Care(Protocol):
    """What is done beside the sweeps, at longer intervals."""

    interval: float  # seconds

    def after_sweep(self, survey_id: int, lease: str) -> bool:
        """Do what is due for the survey, such as its reconcile. Returns whether more is due soon."""

    def refused(self, survey_id: int, error: UpstreamError) -> None:
        """Judge what it means that Netigate refuses a survey or does not find it."""

    def damage_met(self) -> None:
        """Ask for a repair: a sweep has met what it cannot read."""

    def is_damaged(self) -> bool:
        """Whether a repair is due."""

    def heal(self) -> None:
        """Repair what is stored."""

    def unlisted(self, listed: Sequence[int]) -> list[int]:
        """Surveys of which something is stored though nobody lists them."""

    def forget(self, survey_id: int) -> int:
        """Erase a survey. Returns how many results it had."""


class Worker:
    """Runs sweeps until told to stop."""

    def __init__(
        self,
        sweep: Callable[[int, str], SweepReport],
        care: Care,
        control: Control,
        surveys: Sequence[int],
        interval: float,
        clock: Clock,
        chores: Sequence[Chore] = (),
        hold: Callable[[], object] = lambda: None,
    ) -> None:
        """`hold`: called under each lease before the sweep, so that it covers everything filed under that lease."""
        self._sweep = sweep
        self._hold = hold
        self._care = care
        self._control = control
        self._surveys = surveys
        self._interval = interval
        self._clock = clock
        self._chores = Chores(
            clock,
            [
                *chores,
                Chore("forget", min(care.interval, LOOK_FOR_UNLISTED), self.forget_unlisted),
                Chore("heal", HEAL_SECONDS, self.heal),
            ],
        )
        self._failures: dict[int, int] = {}
        self._not_before: dict[int, float] = {}
        self._held: dict[int, str] = {}
        self._catching_up: set[int] = set()
        self._away: str | None = None

    def run(self, stop: threading.Event, beat: Callable[[int], None] = lambda _sweeping: None) -> None:
        """Sweep what is due until `stop` is set; sweeps under way are ended at their next page.

        beat: called at each turn with the number of sweeps under way.
        """
        running: dict[int, Future[None]] = {}
        with ThreadPoolExecutor(min(PARALLEL, len(self._surveys)), thread_name_prefix="sweep") as pool:
            while not stop.is_set():
                self._chores.do_due()  # first, so that they cover the sweeps that follow
                running = {survey: future for survey, future in running.items() if not future.done()}
                for survey in self.due():
                    if survey not in running:
                        running[survey] = pool.submit(self.sweep_one, survey)
                beat(sum(future.running() for future in running.values()))
                stop.wait(IDLE)

    def let_go(self) -> None:
        """Give every lease back, whatever is under way: for a process that must end while Netigate keeps it waiting."""
        for survey, token in list(self._held.items()):
            with contextlib.suppress(ServiceError):
                self._control.keep_lease(survey, token, 0)

    def forget_unlisted(self) -> None:
        """Erase what is stored of surveys that no operator lists any more. Raises StoreError."""
        try:
            for survey in self._care.unlisted(self._surveys):
                with self._lease(survey) as token:
                    if token is not None:
                        removed = self._care.forget(survey)
                        log.info("survey_forgotten", survey_id=survey, results=removed)
        except DamagedValueError:
            self._care.damage_met()

    def heal(self) -> None:
        """Repair what is stored where it is damaged; one process at a time. Raises StoreError."""
        if self._care.is_damaged():
            with self._lease(HEALING) as token:
                if token is not None:
                    self._care.heal()

    def due(self) -> list[int]:
        """Surveys that nobody in the fleet has swept for an interval, those waiting longest first."""
        try:
            swept = self._control.swept()
        except ServiceError as error:
            self._tell_away(error)
            return []
        self._tell_away(None)
        now, moment = self._clock.now(), self._clock.monotonic()
        # The age is unknown where there was no sweep yet, or where a wrong clock dated it in the future.
        known = {survey: age_of(swept.get(survey), now) for survey in self._surveys}
        ages = {survey: inf if age is None else age for survey, age in known.items()}
        wanted = [s for s in self._surveys if ages[s] >= self._interval or s in self._catching_up]
        waiting = [s for s in wanted if moment >= self._not_before.get(s, 0.0)]
        return sorted(waiting, key=lambda survey: -ages[survey])

    def _tell_away(self, error: ServiceError | None) -> None:
        """Log once that the store is away, that the cause has changed, and that the store is back."""
        cause, self._away = self._away, str(error) if error else None
        if error and self._away != cause:
            log.error("store_away", error=type(error).__name__, cause=self._away)
        elif cause and not error:
            log.info("store_back")

    def sweep_one(self, survey_id: int) -> None:
        """Sweep a survey unless another process does; a failure is logged and tried again later."""
        try:
            with self._lease(survey_id) as token:
                if token is None:
                    self._not_before[survey_id] = self._clock.monotonic() + FIRST_RETRY
                    return
                if survey_id not in self.due():
                    return  # another process ended its sweep between our look and our lease
                self._hold()
                report = self._swept(survey_id, token)
                more = self._care.after_sweep(survey_id, token)
        except StoppedError:
            return
        except StaleLeaseError:
            log.warning("lease_lost", survey_id=survey_id)
        except DamagedValueError as error:
            self._care.damage_met()
            self._failed(survey_id, error)
        except ServiceError as error:
            self._failed(survey_id, error)
        except Exception:
            # A bug met in one survey must not end the others' sweeps. The log shows where in the code, never data.
            log.exception("sweep_broke", survey_id=survey_id)
            self._failed(survey_id, ServiceError("fault"))
        else:
            self._succeeded(survey_id, report, more=more)

    def _succeeded(self, survey_id: int, report: SweepReport, *, more: bool) -> None:
        self._failures.pop(survey_id, None)
        (self._catching_up.add if more else self._catching_up.discard)(survey_id)
        if survey_id in self.due():  # not everything was brought: the next turn goes on
            self._not_before[survey_id] = self._clock.monotonic() + min(self._interval, CATCH_UP_SECONDS)
        if report.filed or report.first:
            log.info("swept", survey_id=survey_id, pages=report.pages, seen=report.seen, filed=report.filed)

    def _swept(self, survey_id: int, token: str) -> SweepReport:
        try:
            return self._sweep(survey_id, token)
        except (NotFoundError, RejectedError) as error:
            self._care.refused(survey_id, error)
            raise

    def _failed(self, survey_id: int, error: ServiceError) -> None:
        count = self._failures[survey_id] = self._failures.get(survey_id, 0) + 1
        wait = self._interval if isinstance(error, RejectedError) else FIRST_RETRY * 2 ** min(count - 1, 16)
        wait = min(self._interval, wait) * uniform(0.8, 1.0)  # noqa: S311  (jitter)
        if isinstance(error, UnavailableError):
            wait = max(wait, error.retry_after)  # never sooner than Netigate asked for
        self._not_before[survey_id] = self._clock.monotonic() + wait
        log.warning("sweep_failed", survey_id=survey_id, error=type(error).__name__, cause=str(error), failures=count)

    @contextlib.contextmanager
    def _lease(self, survey_id: int) -> Iterator[str | None]:
        """Hold the survey's lease, prolonged from a thread of its own while the sweep waits for Netigate."""
        token = self._control.take_lease(survey_id, LEASE_SECONDS)
        if token is None:
            yield None
            return
        done = threading.Event()
        keeper = threading.Thread(target=self._keep, args=(survey_id, token, done), daemon=True)
        keeper.start()
        self._held[survey_id] = token
        try:
            yield token
        finally:
            self._held.pop(survey_id, None)
            done.set()
            keeper.join()
            with contextlib.suppress(ServiceError):
                self._control.keep_lease(survey_id, token, 0)

    def _keep(self, survey_id: int, token: str, done: threading.Event) -> None:
        while not done.wait(LEASE_SECONDS / 3):
            with contextlib.suppress(ServiceError):
                self._control.keep_lease(survey_id, token, LEASE_SECONDS)
