"""`python -m service.simulator`."""

from __future__ import annotations

from service.simulator.command import simulate

simulate()
