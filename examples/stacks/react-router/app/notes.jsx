import { Form } from 'react-router'
import { query } from './db.server'

const title = 'Notes'

export async function loader() {
  const { rows } = await query('SELECT id, text FROM notes ORDER BY id')
  return { notes: rows }
}

export async function action({ request }) {
  const form = await request.formData()
  await query('INSERT INTO notes (text) VALUES ($1)', [form.get('text')])
  return null
}

export default function Notes({ loaderData }) {
  return (
    <>
      <h1>{title}</h1>
      <Form method="post"><input name="text" /><button>Add</button></Form>
      <ul>{loaderData.notes.map((note) => <li key={note.id}>{note.text}</li>)}</ul>
    </>
  )
}
