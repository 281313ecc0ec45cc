"""The charts, as Altair specifications, and the pictures made of them."""
