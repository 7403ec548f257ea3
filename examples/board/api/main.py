"""The API of Board: what is pinned to it."""

import os

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()

# Only this page may call the API from a browser.
app.add_middleware(CORSMiddleware, allow_origins=[os.environ["WEB_URL"]])


@app.get("/api/notes")
def notes() -> list[dict[str, str]]:
    """Every note, newest first."""
    return [
        {"by": "grace", "text": "The moth is in the logbook."},
        {"by": "ada", "text": "Bernoulli numbers at noon."},
    ]
