"""The polling use case: sweep, reconcile, changes, expiry, on-demand fetches, and the worker that runs them."""
