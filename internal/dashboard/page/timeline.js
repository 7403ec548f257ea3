import { api, el, replace, seconds } from './dom.js';

/** Timeline shows the last starts of a project: what took how long. */
export class Timeline {
  constructor(root) { this.root = root; this.runs = []; this.at = 0; this.on = false; }

  project(name, starting) {
    if (name === this.name && !(this.starting && !starting)) { this.starting = starting; return; }
    this.name = name;
    this.starting = starting;
    this.reload();
  }

  visible(on) { this.on = on; if (on) this.reload(); }

  async reload() {
    if (!this.on || !this.name) return;
    const name = this.name;
    try {
      const response = await fetch(api('runs', { project: name }));
      const runs = await response.json();
      if (name !== this.name) return;
      this.runs = Array.isArray(runs) ? runs : [];
      this.draw();
    } catch { /* the connection says so */ }
  }

  draw() {
    if (!this.runs.length) {
      replace(this.root, el('p', { class: 'faint' }, 'No start of this project was recorded yet.'));
      return;
    }
    const run = this.runs[Math.min(this.at, this.runs.length - 1)];
    const began = new Date(run.began);
    const spans = run.events.filter((e) => (e.took > 0.0005 || e.state === 'cached') && e.kind !== 'note').map(({ took = 0, ...e }) => {
      const end = (new Date(e.time) - began) / 1000;
      return { ...e, took, start: Math.max(0, end - took), end };
    }).sort((a, b) => a.start - b.start || b.took - a.took);
    const total = Math.max(run.took, ...spans.map((s) => s.end), 0.001);
    replace(this.root,
      el('div', { class: 'bar' }, this.runs.map((r, i) => el('button', {
        type: 'button', 'data-key': `run ${r.began}`, 'aria-pressed': String(i === this.at), click: () => { this.at = i; this.draw(); },
      }, `${new Date(r.began).toLocaleTimeString()} · ${seconds(r.took)}${r.exit_code ? ' · failed' : ''}`))),
      spans.length ? el('ol', { class: 'spans' }, spans.map((s) => this.row(s, total)))
        : el('p', { class: 'faint' }, `Nothing had to be done: ${seconds(run.took)} in all.`));
  }

  row(s, total) {
    const name = s.kind === 'step' ? `${s.parent}: ${s.name}` : `${s.kind} ${s.name}`;
    return el('li', { class: `span of-${s.kind} was-${s.state}` },
      el('span', { class: 'what', title: name }, name),
      el('svg', { viewBox: '0 0 1000 10', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
        el('rect', { x: (s.start / total) * 1000, width: Math.max(2, (s.took / total) * 1000), y: 1, height: 8, rx: 1 })),
      el('span', { class: 'took' }, [s.state === 'cached' && 'cached', s.took && seconds(s.took)].filter(Boolean).join(', ')));
  }
}
