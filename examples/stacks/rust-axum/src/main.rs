use axum::extract::{Form, State};
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use axum::Router;
use serde::Deserialize;
use sqlx::PgPool;

const TITLE: &str = "Notes";

#[derive(Deserialize)]
struct Note {
    text: String,
}

#[tokio::main]
async fn main() {
    let url = std::env::var("DATABASE_URL").expect("DATABASE_URL is not set");
    let db = PgPool::connect(&url).await.expect("connect to the database");
    sqlx::query("CREATE TABLE IF NOT EXISTS notes (id SERIAL PRIMARY KEY, text TEXT NOT NULL)")
        .execute(&db)
        .await
        .expect("make the table");

    let app = Router::new()
        .route("/", get(index))
        .route("/notes", post(add))
        .with_state(db);
    let listener = tokio::net::TcpListener::bind("0.0.0.0:3000").await.unwrap();
    axum::serve(listener, app).await.unwrap();
}

async fn index(State(db): State<PgPool>) -> Html<String> {
    let notes: Vec<String> = sqlx::query_scalar("SELECT text FROM notes ORDER BY id")
        .fetch_all(&db)
        .await
        .unwrap_or_default();
    let items: String = notes
        .iter()
        .map(|text| format!("<li>{}</li>", html_escape::encode_text(text)))
        .collect();
    Html(format!(
        r#"<h1>{TITLE}</h1>
<form method="post" action="/notes"><input name="text"><button>Add</button></form>
<ul>{items}</ul>"#
    ))
}

async fn add(State(db): State<PgPool>, Form(note): Form<Note>) -> Redirect {
    let _ = sqlx::query("INSERT INTO notes (text) VALUES ($1)")
        .bind(note.text)
        .execute(&db)
        .await;
    Redirect::to("/")
}
