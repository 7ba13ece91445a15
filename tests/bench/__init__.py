"""The budgets, measured: ``python -m tests.bench``. ``docs/benchmarks.md`` says how to read it."""
