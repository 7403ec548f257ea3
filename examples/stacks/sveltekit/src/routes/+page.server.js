import { connect } from '$lib/server/db'

export async function load() {
  const sql = await connect()
  return { notes: await sql`SELECT id, text FROM notes ORDER BY id` }
}

export const actions = {
  default: async ({ request }) => {
    const sql = await connect()
    const form = await request.formData()
    await sql`INSERT INTO notes (text) VALUES (${form.get('text')})`
  },
}
