import pg from 'pg'

let pool

export async function query(text, values) {
  pool ??= open()
  return (await pool).query(text, values)
}

async function open() {
  const opened = new pg.Pool({ connectionString: useRuntimeConfig().databaseUrl })
  await opened.query('CREATE TABLE IF NOT EXISTS notes (id SERIAL PRIMARY KEY, text TEXT NOT NULL)')
  return opened
}
