"""Programs that people read and repost feeds with, run for real against the running service."""
