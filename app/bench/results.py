"""Keeps what a bench found in the store, so that a later run can be compared with it. Never in the repository.

Each row becomes three measurements, `bench.NAME.MEASURE.median`, `.p95` and `.worst`, with their date; the machine is
where a turn's measurement has its model.
"""

from __future__ import annotations

import logging

from app.bench.rows import Bench
from app.errors import DuetError
from app.machine import machine_name
from app.settings import Settings, data_dir
from app.store import Store

log = logging.getLogger(__name__)


def keep(settings: Settings, bench: Bench) -> None:
    """Store the rows. A store that cannot be written costs the history, not the bench: the log says so."""
    where = machine_name()
    try:
        store = Store.open(data_dir(settings) / "duet.db")
        try:
            for row in bench.rows:
                for figure, value in (("median", row.median), ("p95", row.p95), ("worst", row.worst)):
                    store.measure(f"bench.{bench.name}.{row.measure}.{figure}", value, row.unit, where)
        finally:
            store.close()
    except DuetError as error:
        log.warning("the results of %s are not kept: %s", bench.name, error)
