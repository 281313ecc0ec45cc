"""Parts of the generator of ``examples/korea-ai-2024``; `korea_ai_2024.py` beside this folder runs them."""
