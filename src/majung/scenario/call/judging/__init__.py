"""Law and the call's own rules held against each application."""
