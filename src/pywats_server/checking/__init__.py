"""Whether a database keeps its invariants: what is told, and what can be mended because it follows from other facts."""
