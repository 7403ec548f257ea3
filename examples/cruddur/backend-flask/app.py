"""The API of Cruddur: short messages that disappear after a while."""

import os

from flask import Flask
from flask_cors import CORS

from activities import home

app = Flask(__name__)

# Only these two pages may call the API from a browser.
origins = [os.getenv("FRONTEND_URL"), os.getenv("BACKEND_URL")]
CORS(app, resources={r"/api/*": {"origins": origins}})


@app.route("/api/activities/home")
def activities_home():
    """What everybody sees on the first page, newest first."""
    return home.recent()
