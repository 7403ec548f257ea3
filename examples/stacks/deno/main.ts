import postgres from "postgres";

const sql = postgres(Deno.env.get("DATABASE_URL")!);
await sql`CREATE TABLE IF NOT EXISTS notes (id SERIAL PRIMARY KEY, text TEXT NOT NULL)`;

const title = "Notes";

const escape = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

Deno.serve(async (request) => {
  const { pathname } = new URL(request.url);
  if (pathname === "/notes" && request.method === "POST") {
    const form = await request.formData();
    await sql`INSERT INTO notes (text) VALUES (${String(form.get("text"))})`;
    return new Response(null, { status: 303, headers: { location: "/" } });
  }
  if (pathname !== "/") return new Response("not found", { status: 404 });
  const notes = await sql`SELECT text FROM notes ORDER BY id`;
  const page = `<h1>${title}</h1>
<form method="post" action="/notes"><input name="text"><button>Add</button></form>
<ul>${notes.map((note) => `<li>${escape(note.text)}</li>`).join("")}</ul>`;
  return new Response(page, { headers: { "content-type": "text/html; charset=utf-8" } });
});
