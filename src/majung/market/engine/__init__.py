"""How the market is made fast: compilation, lanes, state, and the steps over lines and firms."""
