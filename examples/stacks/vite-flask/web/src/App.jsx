import { useEffect, useState } from 'react'

const title = 'Notes'

export default function App() {
  const [notes, setNotes] = useState([])
  const load = () => fetch('/api/notes').then((response) => response.json()).then(setNotes)
  useEffect(() => { load() }, [])

  async function add(event) {
    event.preventDefault()
    const text = new FormData(event.target).get('text')
    await fetch('/api/notes', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ text }) })
    load()
  }

  return (
    <>
      <h1>{title}</h1>
      <form onSubmit={add}><input name="text" /><button>Add</button></form>
      <ul>{notes.map((text, i) => <li key={i}>{text}</li>)}</ul>
    </>
  )
}
