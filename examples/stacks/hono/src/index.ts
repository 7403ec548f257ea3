import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { html } from 'hono/html'
import pg from 'pg'

const db = new pg.Pool({ connectionString: process.env.DATABASE_URL })
await db.query('CREATE TABLE IF NOT EXISTS notes (id SERIAL PRIMARY KEY, text TEXT NOT NULL)')

const app = new Hono()
const title: string = 'Notes'

app.get('/', async (c) => {
  const { rows } = await db.query<{ text: string }>('SELECT text FROM notes ORDER BY id')
  return c.html(html`<h1>${title}</h1>
<form method="post" action="/notes"><input name="text"><button>Add</button></form>
<ul>${rows.map((row) => html`<li>${row.text}</li>`)}</ul>`)
})

app.post('/notes', async (c) => {
  const { text } = await c.req.parseBody()
  await db.query('INSERT INTO notes (text) VALUES ($1)', [text])
  return c.redirect('/')
})

serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) })
