"""When technologies take off in most of the simulated worlds; `majung.evidence.takeoff` finds it in each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["takeoff_quarters"]

_HALF: Final = 0.5


def takeoff_quarters(statistics: xr.Dataset) -> list[dict[str, str | None]]:
    """Return, for each strategy, the quarter by which half of the replications have taken off, by technology.

    Parameters
    ----------
    statistics : xarray.Dataset
        From `majung.ensemble.as_statistics`.

    Returns
    -------
    list of dict
        Labels such as ``2026Q1``; None where fewer than half take off.
    """
    share = statistics["takeoff"].transpose("strategy", "technology", "quarter").values
    quarters = [str(quarter) for quarter in statistics["quarter"].values]
    technologies = [str(technology) for technology in statistics["technology"].values]
    return [
        {
            technology: quarters[int(by_then.argmax())] if by_then.any() else None
            for technology, by_then in zip(technologies, of_strategy >= _HALF, strict=True)
        }
        for of_strategy in share
    ]
