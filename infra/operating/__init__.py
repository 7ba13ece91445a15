"""What the operator's case commands do, apart from how they are asked for."""
