"""What fits are worth: errors out of sample, comparison, warnings, forecasts."""
