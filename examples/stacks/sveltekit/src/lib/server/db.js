import { env } from '$env/dynamic/private'
import postgres from 'postgres'

let ready

/** The database, from the first request on: a build loads this file, too. */
export function connect() {
  return (ready ??= open())
}

async function open() {
  const sql = postgres(env.DATABASE_URL)
  await sql`CREATE TABLE IF NOT EXISTS notes (id SERIAL PRIMARY KEY, text TEXT NOT NULL)`
  return sql
}
