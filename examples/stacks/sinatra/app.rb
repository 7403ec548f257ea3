require "pg"
require "sinatra"

DB = PG.connect(ENV.fetch("DATABASE_URL"))
DB.exec("CREATE TABLE IF NOT EXISTS notes (id SERIAL PRIMARY KEY, text TEXT NOT NULL)")

get "/" do
  @title = "Notes"
  @notes = DB.exec("SELECT text FROM notes ORDER BY id").map { |row| row["text"] }
  erb :notes
end

post "/notes" do
  DB.exec_params("INSERT INTO notes (text) VALUES ($1)", [params["text"]])
  redirect "/", 303
end
