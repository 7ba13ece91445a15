"""Bringing a stage onto AWS: stacks and change sets, versions, and the smoke test."""
