import { escapeHTML, sql } from 'bun'
import { Elysia, t } from 'elysia'

await sql`CREATE TABLE IF NOT EXISTS notes (id SERIAL PRIMARY KEY, text TEXT NOT NULL)`

const title: string = 'Notes'

new Elysia()
  .get('/', async ({ set }) => {
    const notes = await sql`SELECT text FROM notes ORDER BY id`
    set.headers['content-type'] = 'text/html; charset=utf-8'
    return `<h1>${title}</h1>
<form method="post" action="/notes"><input name="text"><button>Add</button></form>
<ul>${notes.map((note: { text: string }) => `<li>${escapeHTML(note.text)}</li>`).join('')}</ul>`
  })
  .post('/notes', async ({ body, redirect }) => {
    await sql`INSERT INTO notes (text) VALUES (${body.text})`
    return redirect('/', 303)
  }, { body: t.Object({ text: t.String() }) })
  .listen(process.env.PORT ?? 3000)
