"""What runs on an operator's or a developer's machine, and nothing that is shipped to Lambda."""
