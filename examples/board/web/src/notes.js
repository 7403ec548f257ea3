/** Pins the notes to the board, in place of what was there. */
export function draw(board, notes) {
  const heading = document.createElement('h2');
  heading.textContent = `${notes.length} notes`;
  const list = document.createElement('ul');
  list.append(...notes.map(pin));
  board.replaceChildren(heading, list);
}

function pin({ by, text }) {
  const item = document.createElement('li');
  item.textContent = `${text} (@${by})`;
  return item;
}
