"""The statistics of learning curves: shocks that last, the exponent, breaks, output against time, forecasts."""
