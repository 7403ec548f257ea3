export default defineEventHandler(async () => {
  const { rows } = await query('SELECT id, text FROM notes ORDER BY id')
  return rows
})
