"""The charts, as Vega-Lite specifications, and the pictures made of them."""
