"""Programs that are run in a process of their own, to time how they start."""
