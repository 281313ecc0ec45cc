"""The models of diffusion that can be fitted: their parameters, bounds, and the curve behind each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, TypeAlias, get_args

from majung.evidence.diffusion.kernel import shapes

__all__ = ["ESTIMATORS", "MODELS", "Estimator", "Model", "Parameter"]

Estimator: TypeAlias = Literal["nls", "nls-interval", "ols"]
ESTIMATORS: Final[tuple[Estimator, ...]] = get_args(Estimator)

Dimension: TypeAlias = Literal["rate", "time", "number"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter beside the market potential.

    Parameters
    ----------
    dimension : {"rate", "time", "number"}
        A rate is per unit of time; bounds of rates and times hold where the mean interval is one.
    low, high : float
        Bounds. Of times they are counted in lengths of the data.
    positive : bool
        Whether its logarithm is what is searched.
    """

    name: str
    dimension: Dimension
    low: float
    high: float
    positive: bool = True


@dataclass(frozen=True, slots=True)
class Model:
    """A curve with its parameters, in the order of the compiled code.

    Parameters
    ----------
    located : bool
        Whether the curve has a place on the axis of its own (its peak), so that nothing is counted from the launch.
    driven : bool
        Whether a driver such as the price is needed.
    shocked : bool
        Whether adoption is faster or slower from some moment on.
    tries : int
        How many starting values are followed. A shock may begin between any two observations, each of which may hold a
        minimum of its own: all are.
    """

    name: str
    kind: int
    parameters: tuple[Parameter, ...]
    located: bool = False
    driven: bool = False
    shocked: bool = False
    tries: int = 4

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters' names, the potential first."""
        return ("m", *(parameter.name for parameter in self.parameters))


_P: Final = Parameter("p", "rate", 1e-10, 1.0)
_Q: Final = Parameter("q", "rate", 1e-6, 10.0)
_PEAK: Final = Parameter("peak", "time", -5.0, 20.0, positive=False)
_B: Final = Parameter("b", "rate", 1e-6, 10.0)
_SHAPE: Final = Parameter("c", "number", -0.99, 20.0, positive=False)

MODELS: Final[Mapping[str, Model]] = MappingProxyType(
    {
        model.name: model
        for model in (
            Model("bass", shapes.BASS, (_P, _Q)),
            Model("bass-launch", shapes.LAUNCHED, (_P, _Q, _PEAK), located=True, tries=8),
            Model("gbm", shapes.DRIVEN, (_P, _Q, Parameter("beta", "time", -5.0, 5.0, positive=False)), driven=True),
            Model("gompertz", shapes.GOMPERTZ, (_B, _PEAK), located=True),
            Model("logistic", shapes.LOGISTIC, (_B, _PEAK), located=True),
            Model(
                "gamma-gompertz",
                shapes.BEMMAOR,
                (_B, Parameter("beta", "number", 1e-6, 1e9), Parameter("alpha", "number", 1e-3, 1e3)),
            ),
            Model(
                "weibull",
                shapes.WEIBULL,
                (Parameter("scale", "time", 1e-3, 1e3), Parameter("shape", "number", 0.05, 50.0)),
            ),
            Model(
                "ggm",
                shapes.GROWING,
                (
                    Parameter("ps", "rate", 1e-10, 1.0),
                    Parameter("qs", "rate", 1e-6, 10.0),
                    Parameter("pc", "rate", 1e-10, 1.0),
                    Parameter("qc", "rate", 1e-6, 10.0),
                ),
                tries=24,
            ),
            Model(
                "gbm-exponential",
                shapes.EXPONENTIAL,
                (_P, _Q, Parameter("a", "time", 0.0, 1.0, positive=False), Parameter("b", "rate", 1e-3, 10.0), _SHAPE),
                shocked=True,
                tries=1000,
            ),
            Model(
                "gbm-rectangular",
                shapes.RECTANGULAR,
                (
                    _P,
                    _Q,
                    Parameter("a", "time", 0.0, 1.0, positive=False),
                    Parameter("w", "time", 1e-3, 1.0),
                    _SHAPE,
                ),
                shocked=True,
                tries=1000,
            ),
        )
    }
)
"""Every model by its name."""
