import { draw } from './notes.js';

const url = `${import.meta.env.VITE_API_URL}/api/notes`;
const board = document.querySelector('#board');

try {
  const notes = await load();
  draw(board, notes);
  // A new way of drawing shows without a reload of the page.
  import.meta.hot?.accept('./notes.js', (changed) => changed?.draw(board, notes));
} catch (error) {
  board.textContent = `No notes: ${error.message}`;
}

async function load() {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.json();
}
