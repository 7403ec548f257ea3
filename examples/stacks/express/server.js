const express = require('express')
const { Pool } = require('pg')

const db = new Pool({ connectionString: process.env.DATABASE_URL })
const app = express()
app.use(express.urlencoded({ extended: false }))

const title = 'Notes'

app.get('/', async (request, response) => {
  const { rows } = await db.query('SELECT text FROM notes ORDER BY id')
  response.send(`<h1>${title}</h1>
<form method="post" action="/notes"><input name="text"><button>Add</button></form>
<ul>${rows.map((row) => `<li>${row.text}</li>`).join('')}</ul>`)
})

app.post('/notes', async (request, response) => {
  await db.query('INSERT INTO notes (text) VALUES ($1)', [request.body.text])
  response.redirect('/')
})

db.query('CREATE TABLE IF NOT EXISTS notes (id SERIAL PRIMARY KEY, text TEXT NOT NULL)')
  .then(() => app.listen(process.env.PORT || 3000))
