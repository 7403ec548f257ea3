import os

import psycopg2
from flask import Flask, jsonify, request

app = Flask(__name__)


def connect():
    return psycopg2.connect(
        host=os.environ.get("POSTGRES_HOST", "localhost"),
        user=os.environ.get("POSTGRES_USER", "app"),
        password=os.environ.get("POSTGRES_PASSWORD", "app"),
        dbname=os.environ.get("POSTGRES_DB", "app"),
    )


with connect() as db, db.cursor() as cursor:
    cursor.execute("CREATE TABLE IF NOT EXISTS notes (id SERIAL PRIMARY KEY, text TEXT NOT NULL)")


@app.get("/api/notes")
def notes():
    with connect() as db, db.cursor() as cursor:
        cursor.execute("SELECT text FROM notes ORDER BY id")
        return jsonify([text for (text,) in cursor.fetchall()])


@app.post("/api/notes")
def add():
    with connect() as db, db.cursor() as cursor:
        cursor.execute("INSERT INTO notes (text) VALUES (%s)", (request.json["text"],))
    return "", 201
