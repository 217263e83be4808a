"""A real browser for tests: how text stands on the screen, glyph by glyph."""
