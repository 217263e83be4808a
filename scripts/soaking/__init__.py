"""The parts of `make soak`: a newsroom that never rests, its readers, its abusers, and gauges."""
