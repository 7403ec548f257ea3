// Elements are made of text alone: nothing that comes from a log, a label or a name is ever read as HTML.

/** el makes an element: properties that are functions become listeners, others attributes. */
export function el(name, properties = {}, ...children) {
  const node = name === 'svg' || el.svg.has(name)
    ? document.createElementNS('http://www.w3.org/2000/svg', name) : document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === 'function') node.addEventListener(key, value);
    else if (key === 'class') node.setAttribute('class', value);
    else if (key === 'value' || key === 'checked' || key === 'selected') node[key] = value;
    else node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}
el.svg = new Set(['path', 'polyline', 'line', 'rect', 'circle', 'text', 'g', 'marker', 'defs', 'title']);

export const $ = (id) => document.getElementById(id);

/** replace gives a node other children, and keeps the focus on the element with the same key. */
export function replace(node, ...children) {
  const focused = node.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  node.replaceChildren(...children.flat(Infinity).filter(Boolean));
  if (focused) node.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
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
