"""Lower a scenario to arrays: the world as the kernel sees it, calibrated to the observed sales."""

from majung.market.lower.lowering import Calibration, Lowered, lower, policy

__all__ = ["Calibration", "Lowered", "lower", "policy"]
