"""Curves of diffusion fitted to series of adoptions."""

from majung.evidence.diffusion.estimate.many import Fits, fit_many
from majung.evidence.diffusion.models import MODELS
from majung.evidence.diffusion.observations import Observations
from majung.evidence.diffusion.result import Fit

__all__ = ["MODELS", "Fit", "Fits", "Observations", "fit_many"]
