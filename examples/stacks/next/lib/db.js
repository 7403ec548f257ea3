import { Pool } from 'pg'

const pool = new Pool({ connectionString: process.env.DATABASE_URL })
let ready

export async function query(text, values) {
  ready ??= pool.query('CREATE TABLE IF NOT EXISTS notes (id SERIAL PRIMARY KEY, text TEXT NOT NULL)')
  await ready
  return pool.query(text, values)
}
