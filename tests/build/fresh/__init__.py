"""Programs that are run in a process of their own, with the unpacked zip and nothing else."""
