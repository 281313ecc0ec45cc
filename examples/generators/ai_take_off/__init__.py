"""Parts of the generator of ``examples/was-ai-taking-off``; `was_ai_taking_off.py` beside this folder runs them."""
