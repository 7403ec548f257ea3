import { revalidatePath } from 'next/cache'
import { query } from '../lib/db'

export const dynamic = 'force-dynamic'

const title = 'Notes'

async function add(form) {
  'use server'
  await query('INSERT INTO notes (text) VALUES ($1)', [form.get('text')])
  revalidatePath('/')
}

export default async function Page() {
  const { rows } = await query('SELECT text FROM notes ORDER BY id')
  return (
    <>
      <h1>{title}</h1>
      <form action={add}><input name="text" /><button>Add</button></form>
      <ul>{rows.map((row, i) => <li key={i}>{row.text}</li>)}</ul>
    </>
  )
}
