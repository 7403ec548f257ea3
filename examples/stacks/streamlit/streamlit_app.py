import os

import psycopg
import streamlit as st


@st.cache_resource
def database():
    db = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    db.execute("CREATE TABLE IF NOT EXISTS notes (id SERIAL PRIMARY KEY, text TEXT NOT NULL)")
    return db


db = database()
st.title("Notes")

with st.form("add", clear_on_submit=True):
    text = st.text_input("text")
    if st.form_submit_button("Add"):
        db.execute("INSERT INTO notes (text) VALUES (%s)", (text,))

for (text,) in db.execute("SELECT text FROM notes ORDER BY id"):
    st.text(text)
