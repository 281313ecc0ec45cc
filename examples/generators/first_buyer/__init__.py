"""Parts of the generator of ``examples/first-buyer-call``; `first_buyer_call.py` beside this folder runs them."""
