package main

import (
	"database/sql"
	"html/template"
	"log"
	"net/http"
	"os"

	_ "github.com/lib/pq"
)

const title = "Notes"

var page = template.Must(template.New("page").Parse(`<h1>{{.Title}}</h1>
<form method="post" action="/notes"><input name="text"><button>Add</button></form>
<ul>{{range .Notes}}<li>{{.}}</li>{{end}}</ul>`))

func main() {
	db, err := sql.Open("postgres", os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	if _, err := db.Exec("CREATE TABLE IF NOT EXISTS notes (id SERIAL PRIMARY KEY, text TEXT NOT NULL)"); err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		notes, err := all(db)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		page.Execute(w, map[string]any{"Title": title, "Notes": notes})
	})
	http.HandleFunc("POST /notes", func(w http.ResponseWriter, r *http.Request) {
		if _, err := db.Exec("INSERT INTO notes (text) VALUES ($1)", r.FormValue("text")); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		http.Redirect(w, r, "/", http.StatusSeeOther)
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}

func all(db *sql.DB) ([]string, error) {
	rows, err := db.Query("SELECT text FROM notes ORDER BY id")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var notes []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		notes = append(notes, text)
	}
	return notes, rows.Err()
}
