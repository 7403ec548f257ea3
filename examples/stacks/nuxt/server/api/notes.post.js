export default defineEventHandler(async (event) => {
  const { text } = await readBody(event)
  await query('INSERT INTO notes (text) VALUES ($1)', [text])
  return {}
})
