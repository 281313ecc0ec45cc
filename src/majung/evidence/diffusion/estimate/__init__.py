"""From observations to estimates: starting values, least squares in batches, regression, bootstrap."""
