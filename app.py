"""Nashra: right-to-left aware feeds. `python app.py` serves; `app` is an ordinary Flask application."""

import os

if __name__ == "__main__":
    from feeds.cli import main

    main()
else:
    from feeds.web import create_app

    app = create_app(os.environ.get("FEEDS_CONFIG", "config.yaml"))
