// Elements are made of text alone: nothing that comes from a log, a label or a name is ever read as HTML.

// The token comes with the URL that is printed, and stays with this page's origin.
const given = new URLSearchParams(location.hash.slice(1));
if (given.has('token')) {
  localStorage.setItem('token', given.get('token'));
  given.delete('token');
  history.replaceState(null, '', `${location.pathname}${given.size ? `#${given}` : ''}`);
}

/** api is the address of something that the page asks for. */
export const api = (path, parameters = {}) => {
  const query = new URLSearchParams(parameters);
  query.set('token', localStorage.getItem('token') ?? '');
  return `api/${path}?${query}`;
};

/** quoted is a text as a word of a shell. */
export const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** el makes an element: properties that are functions become its listeners, others attributes. */
export function el(name, properties = {}, ...children) {
  const node = name === 'svg' || el.svg.has(name)
    ? document.createElementNS('http://www.w3.org/2000/svg', name) : document.createElement(name);
  node.listeners = {};
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === 'function') {
      node.listeners[key] = value;
      node.addEventListener(key, (e) => node.listeners[key](e));
    }
    else if (key === 'class') node.setAttribute('class', value);
    else if (key === 'value' || key === 'checked') node[key] = value;
    else node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}
el.svg = new Set(['path', 'polyline', 'line', 'rect', 'circle', 'text', 'g', 'marker', 'defs', 'title']);

export const $ = (id) => document.getElementById(id);

/**
 * replace gives a node other children. Those that are alike stay and are changed: with them the focus,
 * text that is selected and a button that is pressed. Alike are elements with the same data-key, or at the same place.
 */
export function replace(node, ...children) {
  const wanted = children.flat(Infinity).filter((one) => one !== null && one !== undefined && one !== false && one !== '')
    .map((one) => (typeof one === 'string' ? document.createTextNode(one) : one));
  const keys = new Set(wanted.map((child) => child.dataset?.key));
  const keyed = new Map();
  for (const child of [...node.children].filter((one) => one.dataset.key)) {
    if (keys.has(child.dataset.key)) keyed.set(child.dataset.key, child);
    else child.remove();
  }
  let place = node.firstChild;
  for (const child of wanted) {
    const key = child.dataset?.key;
    const kept = key ? keyed.get(key) : place?.dataset?.key ? null : place;
    if (!kept || kind(kept) !== kind(child)) {
      node.insertBefore(child, place);
      continue;
    }
    if (kept === place) place = kept.nextSibling;
    else node.insertBefore(kept, place);
    change(kept, child);
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

const kind = (node) => `${node.nodeName} ${Object.keys(node.listeners ?? {})}`;

/** change makes a node like another one of its kind. */
function change(node, like) {
  if (node.nodeType === Node.TEXT_NODE) {
    if (node.data !== like.data) node.data = like.data;
    return;
  }
  for (const { name } of [...node.attributes]) if (!like.hasAttribute(name)) node.removeAttribute(name);
  for (const { name, value } of like.attributes) if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  node.listeners = like.listeners;
  replace(node, ...like.childNodes);
}

export function bytes(n) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let i = 0;
  while (n >= 1024 && i < units.length - 1) { n /= 1024; i++; }
  return `${n < 10 && i > 0 ? n.toFixed(1) : Math.round(n)} ${units[i]}`;
}

export function seconds(n) {
  if (n < 1) return `${Math.round(n * 1000)} ms`;
  return n < 60 ? `${n.toFixed(1)} s` : `${Math.floor(n / 60)} min ${Math.round(n % 60)} s`;
}

export function ago(time) {
  const s = (Date.now() - new Date(time)) / 1000;
  if (s < 60) return 'just now';
  for (const [limit, size, unit] of [[3600, 60, 'minute'], [86400, 3600, 'hour'], [Infinity, 86400, 'day']]) {
    if (s < limit) { const n = Math.round(s / size); return `${n} ${unit}${n === 1 ? '' : 's'} ago`; }
  }
}

/** words are a text whose parts between backquotes are commands. */
export const words = (text) => text.split('`').map((part, i) => (i % 2 ? el('code', {}, part) : part));

/** copyButton copies a text and says so. */
export function copyButton(label, text, key) {
  return el('button', {
    type: 'button', class: 'quiet', 'data-key': key,
    click: async (e) => {
      const button = e.currentTarget;
      try {
        await navigator.clipboard.writeText(typeof text === 'function' ? text() : text);
        button.textContent = 'copied';
      } catch {
        show(el('h2', {}, label), el('pre', {}, typeof text === 'function' ? text() : text));
        return;
      }
      setTimeout(() => { button.textContent = label; }, 1200);
    },
  }, label);
}

/** show opens the dialog with a content. */
export function show(...content) {
  const dialog = $('dialog');
  dialog.replaceChildren(...content, el('form', { method: 'dialog' }, el('button', { autofocus: true }, 'Close')));
  if (!dialog.open) dialog.showModal();
}

/** ask opens the dialog with a question; true for the answer that does it. */
export function ask(question, yes) {
  return new Promise((resolve) => {
    const dialog = $('dialog');
    let answer = false;
    dialog.replaceChildren(el('p', {}, question), el('form', { method: 'dialog', class: 'actions' },
      el('button', { autofocus: true }, 'Cancel'), el('button', { class: 'danger', click: () => { answer = true; } }, yes)));
    dialog.addEventListener('close', () => resolve(answer), { once: true });
    dialog.showModal();
  });
}
