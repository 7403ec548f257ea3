import { el, replace } from './dom.js';

const wide = 180, high = 46, gapX = 150, gapY = 18;

/** Graph draws services, what they depend on, and which variables hold whose address. */
export class Graph {
  constructor(root) { this.root = root; this.on = false; }

  visible(on) { this.on = on; if (on && this.last) { this.drawn = ''; this.draw(this.last); } }

  draw(project) {
    this.last = project;
    const shape = JSON.stringify(project.services.map((s) => [s.service, s.state, s.bad, s.depends_on, s.wiring]));
    if (!this.on || shape === this.drawn) return;
    this.drawn = shape;
    const at = layout(project.services);
    const width = Math.max(...[...at.values()].map((p) => p.x)) + wide + 20;
    const height = Math.max(...[...at.values()].map((p) => p.y)) + high + 20;
    const edges = [];
    for (const s of project.services) {
      for (const d of s.depends_on) edges.push(edge(at.get(s.service), at.get(d.service), 'needs', d.condition));
      for (const w of s.wiring) edges.push(edge(at.get(s.service), at.get(w.service), 'wire', w.variable));
    }
    replace(this.root,
      el('p', { class: 'faint' }, 'A solid line leads to what must be there first. A dashed one leads to whose address a variable holds.'),
      el('div', { class: 'graph', tabindex: '0', role: 'img', 'aria-label': words(project) },
        el('svg', { width, height, viewBox: `0 0 ${width} ${height}` },
          el('defs', {}, el('marker', { id: 'arrow', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto' }, el('path', { d: 'M0 0 8 4 0 8z' }))),
          edges, project.services.map((s) => node(s, at.get(s.service))))));
  }
}

function words(project) {
  return project.services.map((s) => `${s.service} is ${s.state}${s.depends_on.length ? ` and needs ${s.depends_on.map((d) => d.service).join(', ')}` : ''}`).join('; ');
}

/** layout puts each service in the column after those that it needs or whose address it holds. */
function layout(services) {
  const byName = new Map(services.map((s) => [s.service, s]));
  const column = new Map();
  const place = (name, path) => {
    if (column.has(name)) return column.get(name);
    if (path.has(name) || !byName.has(name)) return -1;
    const s = byName.get(name);
    const next = new Set(path).add(name);
    const needs = s.depends_on.length ? s.depends_on : s.wiring;
    const c = Math.max(-1, ...needs.map((d) => place(d.service, next))) + 1;
    column.set(name, c);
    return c;
  };
  services.forEach((s) => place(s.service, new Set()));
  const last = Math.max(0, ...column.values());
  const rows = [];
  const at = new Map();
  for (const [name, c] of column) {
    const x = last - c; // who needs others stands at the left
    rows[x] = (rows[x] ?? 0) + 1;
    at.set(name, { x: 10 + x * (wide + gapX), y: 10 + (rows[x] - 1) * (high + gapY) });
  }
  return at;
}

function edge(from, to, kind, label) {
  if (!from || !to || from === to) return null;
  const forward = to.x > from.x;
  const aside = kind === 'needs' ? 0 : forward ? -9 : 9; // two lines between the same services stay apart
  const x1 = forward ? from.x + wide : from.x, y1 = from.y + high / 2 + aside;
  const x2 = forward ? to.x : to.x + wide, y2 = to.y + high / 2 + aside;
  const bend = from.x === to.x ? -60 : (x2 - x1) / 2;
  const d = from.x === to.x ? `M${from.x} ${y1}C${from.x + bend} ${y1} ${to.x + bend} ${y2} ${to.x} ${y2}` : `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
  return el('g', { class: `edge ${kind}` }, el('path', { d, 'marker-end': 'url(#arrow)' }), el('title', {}, label),
    kind === 'wire' ? el('text', { x: (x1 + x2) / 2, y: (y1 + y2) / 2 + (forward ? -4 : 12) }, label.length > 22 ? `${label.slice(0, 21)}…` : label) : null);
}

function node(s, { x, y }) {
  const tone = s.bad ? 'bad' : s.state === 'running' || s.state === 'completed' ? 'good' : s.state === 'starting' ? 'wait' : '';
  const name = s.service.length > 22 ? `${s.service.slice(0, 21)}…` : s.service;
  return el('g', { class: `node ${tone}` }, el('rect', { x, y, width: wide, height: high, rx: 8 }), el('circle', { cx: x + 16, cy: y + 18, r: 5 }),
    el('text', { x: x + 28, y: y + 22, class: 'title' }, name), el('text', { x: x + 28, y: y + 37, class: 'sub' }, s.state), el('title', {}, s.service));
}
