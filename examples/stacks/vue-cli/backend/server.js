const cors = require('cors')
const express = require('express')
const { Pool } = require('pg')

const db = new Pool({ connectionString: process.env.DATABASE_URL })
const app = express()
app.use(cors({ origin: process.env.FRONTEND_URL || 'http://localhost:8080' }))
app.use(express.json())

app.get('/notes', async (request, response) => {
  const { rows } = await db.query('SELECT text FROM notes ORDER BY id')
  response.json(rows.map((row) => row.text))
})

app.post('/notes', async (request, response) => {
  await db.query('INSERT INTO notes (text) VALUES ($1)', [request.body.text])
  response.status(201).json({})
})

const port = process.env.PORT || 5000
db.query('CREATE TABLE IF NOT EXISTS notes (id SERIAL PRIMARY KEY, text TEXT NOT NULL)')
  .then(() => app.listen(port))
