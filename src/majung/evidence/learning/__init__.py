"""Learning curves: how unit cost falls with cumulative output."""

from majung.evidence.learning.curve import EarlierOutput, Forecast, LearningCurve, Rate, Regime, learning_rate
from majung.evidence.learning.curves import learning_curves
from majung.evidence.learning.estimate import learning_curve
from majung.evidence.learning.rates import scenario_rates, write_rates

__all__ = [
    "EarlierOutput",
    "Forecast",
    "LearningCurve",
    "Rate",
    "Regime",
    "learning_curve",
    "learning_curves",
    "learning_rate",
    "scenario_rates",
    "write_rates",
]
