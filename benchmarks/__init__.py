"""What the server reaches, as ratios to what the machine can do: `python -m benchmarks`."""
