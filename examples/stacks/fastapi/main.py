import html
import os
from contextlib import asynccontextmanager

import psycopg
from fastapi import FastAPI, Form
from fastapi.responses import HTMLResponse, RedirectResponse

DATABASE_URL = os.environ["DATABASE_URL"]
TITLE = "Notes"


@asynccontextmanager
async def lifespan(app: FastAPI):
    with psycopg.connect(DATABASE_URL) as db:
        db.execute("CREATE TABLE IF NOT EXISTS notes (id SERIAL PRIMARY KEY, text TEXT NOT NULL)")
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/", response_class=HTMLResponse)
def index():
    with psycopg.connect(DATABASE_URL) as db:
        notes = db.execute("SELECT text FROM notes ORDER BY id").fetchall()
    items = "".join(f"<li>{html.escape(text)}</li>" for (text,) in notes)
    return f"""<h1>{TITLE}</h1>
<form method="post" action="/notes"><input name="text"><button>Add</button></form>
<ul>{items}</ul>"""


@app.post("/notes")
def add(text: str = Form()):
    with psycopg.connect(DATABASE_URL) as db:
        db.execute("INSERT INTO notes (text) VALUES (%s)", (text,))
    return RedirectResponse("/", status_code=303)
