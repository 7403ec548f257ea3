const Router = require('@koa/router')
const Koa = require('koa')
const bodyParser = require('koa-bodyparser')
const { Pool } = require('pg')

const db = new Pool({
  host: process.env.PGHOST || 'localhost',
  user: process.env.PGUSER,
  password: process.env.PGPASSWORD,
  database: process.env.PGDATABASE,
})
const app = new Koa()
const router = new Router()

const title = 'Notes'

router.get('/', async (ctx) => {
  const { rows } = await db.query('SELECT text FROM notes ORDER BY id')
  ctx.type = 'html'
  ctx.body = `<h1>${title}</h1>
<form method="post" action="/notes"><input name="text"><button>Add</button></form>
<ul>${rows.map((row) => `<li>${row.text}</li>`).join('')}</ul>`
})

router.post('/notes', async (ctx) => {
  await db.query('INSERT INTO notes (text) VALUES ($1)', [ctx.request.body.text])
  ctx.redirect('/')
})

app.use(bodyParser())
app.use(router.routes())

db.query('CREATE TABLE IF NOT EXISTS notes (id SERIAL PRIMARY KEY, text TEXT NOT NULL)')
  .then(() => app.listen(process.env.PORT || 3000))
