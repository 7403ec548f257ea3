import formbody from '@fastify/formbody'
import postgres from '@fastify/postgres'
import Fastify from 'fastify'

const fastify = Fastify({ logger: true })
fastify.register(formbody)
fastify.register(postgres, { connectionString: process.env.DATABASE_URL })

const title = 'Notes'

fastify.get('/', async (request, reply) => {
  const { rows } = await fastify.pg.query('SELECT text FROM notes ORDER BY id')
  reply.type('text/html')
  return `<h1>${title}</h1>
<form method="post" action="/notes"><input name="text"><button>Add</button></form>
<ul>${rows.map((row) => `<li>${row.text}</li>`).join('')}</ul>`
})

fastify.post('/notes', async (request, reply) => {
  await fastify.pg.query('INSERT INTO notes (text) VALUES ($1)', [request.body.text])
  return reply.redirect('/')
})

await fastify.ready()
await fastify.pg.query('CREATE TABLE IF NOT EXISTS notes (id SERIAL PRIMARY KEY, text TEXT NOT NULL)')
await fastify.listen({ port: 3000 })
