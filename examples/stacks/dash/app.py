import os

import psycopg
from dash import Dash, Input, Output, State, dcc, html

DATABASE_URL = os.environ["DATABASE_URL"]

with psycopg.connect(DATABASE_URL) as db:
    db.execute("CREATE TABLE IF NOT EXISTS notes (id SERIAL PRIMARY KEY, text TEXT NOT NULL)")

app = Dash(__name__)
server = app.server


def notes():
    with psycopg.connect(DATABASE_URL) as db:
        return [html.Li(text) for (text,) in db.execute("SELECT text FROM notes ORDER BY id")]


def layout():
    return [
        html.H1("Notes"),
        dcc.Input(id="text", name="text"),
        html.Ul(notes(), id="notes"),
    ]


app.layout = layout


@app.callback(Output("notes", "children"), Input("text", "n_submit"), State("text", "value"), prevent_initial_call=True)
def add(_, text):
    with psycopg.connect(DATABASE_URL) as db:
        db.execute("INSERT INTO notes (text) VALUES (%s)", (text,))
    return notes()


if __name__ == "__main__":
    app.run(debug=True)
