"""Measures servers with `POST /v1/audio/speech` side by side. Standard library only; `dev/bench` runs it."""
