"""Nashra: right-to-left aware feeds. `python app.py` serves; `app` is an ordinary Flask application."""

import os

if __name__ == "__main__":
    from feeds.cli import main

    main()
elif __name__ != "__mp_main__":  # the name that a helper process of `export` knows this file by
    from feeds.web import create_app

    app = create_app(os.environ.get("FEEDS_CONFIG", "config.yaml"))
