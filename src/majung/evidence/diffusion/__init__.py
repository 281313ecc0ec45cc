"""Curves of diffusion fitted to series of adoptions."""

from majung.evidence.diffusion.estimate.bootstrap import bootstrap
from majung.evidence.diffusion.estimate.many import Fits, fit_many
from majung.evidence.diffusion.fitting import fit
from majung.evidence.diffusion.judge.compare import Comparison, best, compare_many
from majung.evidence.diffusion.judge.forecast import Fan, forecast
from majung.evidence.diffusion.judge.rolling import rolling_errors
from majung.evidence.diffusion.models import ESTIMATORS, MODELS, Estimator, Model
from majung.evidence.diffusion.observations import Observations
from majung.evidence.diffusion.result import Fit

__all__ = [
    "ESTIMATORS",
    "MODELS",
    "Comparison",
    "Estimator",
    "Fan",
    "Fit",
    "Fits",
    "Model",
    "Observations",
    "best",
    "bootstrap",
    "compare_many",
    "fit",
    "fit_many",
    "forecast",
    "rolling_errors",
]
