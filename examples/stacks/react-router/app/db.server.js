import pg from 'pg'

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
const ready = pool.query('CREATE TABLE IF NOT EXISTS notes (id SERIAL PRIMARY KEY, text TEXT NOT NULL)')

export async function query(text, values) {
  await ready
  return pool.query(text, values)
}
