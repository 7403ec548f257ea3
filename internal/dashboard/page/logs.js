import { api, el, replace } from './dom.js';

const kept = 50000; // lines that the page holds; older ones are with the engine
const shown = 1000; // lines in the document at a time
const colours = 8; // of names

/** Logs shows the log lines of a project, of all services or of some. */
export class Logs {
  constructor(root) {
    this.lines = [];
    this.matching = [];
    this.services = [];
    this.chosen = '';
    this.paused = false;
    this.held = 0; // matching lines that came while paused
    this.first = 0; // of the matching lines, the first in the document
    this.search = el('input', { type: 'search', placeholder: 'Search', 'aria-label': 'Search in the logs', input: () => this.filter() });
    this.service = el('select', { 'aria-label': 'Service', change: () => this.only(this.service.value) });
    this.level = el('select', { 'aria-label': 'Level', change: () => this.filter() },
      el('option', { value: '0' }, 'all levels'), el('option', { value: '2' }, 'warnings and errors'), el('option', { value: '3' }, 'errors'));
    this.times = this.toggle('Times', false, (on) => this.box.classList.toggle('times', on));
    this.wrap = this.toggle('Wrap', true, (on) => this.box.classList.toggle('wrap', on));
    this.pause = this.toggle('Pause', false, (on) => { this.hold(on); if (!on) this.end(); });
    this.count = el('span', { class: 'count', role: 'status' });
    this.download = el('a', { class: 'button quiet', 'data-key': 'download', download: true }, 'Download');
    this.back = el('button', { type: 'button', class: 'quiet', 'data-key': 'older', click: () => this.older() }, 'Search older lines');
    this.box = el('div', { class: 'log wrap', tabindex: '0', role: 'log', 'aria-label': 'Log lines', 'aria-live': 'off', scroll: () => this.scrolled() });
    root.append(el('div', { class: 'bar' }, this.service, this.search, this.level, this.times, this.wrap, this.pause, this.back, this.download, this.count), this.box);
  }

  toggle(label, on, change) {
    const box = el('input', { type: 'checkbox', 'data-key': label.toLowerCase(), checked: on, change: () => change(box.checked) });
    return el('label', { class: 'toggle' }, box, label);
  }

  /** project says which project is shown and which services it has. */
  project(name, services) {
    const changed = name !== this.name;
    if (changed || services.join() !== this.services.join()) {
      this.services = services;
      if (changed || !services.includes(this.chosen)) this.chosen = '';
      replace(this.service, el('option', { value: '' }, 'all services'), services.map((s) => el('option', { value: s }, s)));
      this.service.value = this.chosen;
    }
    if (!changed) return;
    this.name = name;
    this.open();
  }

  visible(on) { if (on) this.draw(); }

  only(service) {
    this.chosen = service;
    this.service.value = service;
    this.download.href = this.address({ download: '1' });
    this.filter();
  }

  /** address is that of lines of the project, or of the service that is chosen. */
  address(more) {
    const one = this.chosen ? `&service=${encodeURIComponent(this.chosen)}` : '';
    return api('logs', { project: this.name, ...more }) + one;
  }

  open() {
    this.back.disabled = false;
    this.clear();
    this.follow('1000');
    this.only(this.chosen);
  }

  clear() { this.lines = []; this.matching = []; }

  /** follow shows the last lines and those that come. A stream that ends is opened again a while later. */
  follow(tail) {
    this.source?.close();
    clearTimeout(this.again);
    const source = new EventSource(api('logs', { project: this.name, tail, follow: '1' }));
    this.source = source;
    let begun = false;
    const end = () => {
      source.close();
      this.again = setTimeout(() => { if (this.source === source) this.open(); }, 5000);
    };
    source.addEventListener('open', () => { if (begun) this.clear(); begun = true; });
    source.addEventListener('lines', (e) => this.add(JSON.parse(e.data)));
    source.addEventListener('problem', (e) => this.add([{ service: 'devup', text: JSON.parse(e.data) }]));
    source.addEventListener('end', end);
    source.addEventListener('error', () => { if (source.readyState === EventSource.CLOSED) end(); });
  }

  add(lines) {
    for (const line of lines) {
      line.level = levelOf(line.text);
      this.lines.push(line);
      if (!this.matches(line)) continue;
      this.matching.push(line);
      if (this.paused) this.held++;
    }
    if (this.lines.length > kept * 1.1) {
      this.lines = this.lines.slice(-kept);
      this.select();
    }
    this.soon();
  }

  matches(line) {
    return (!this.chosen || line.service === this.chosen) && line.level >= Number(this.level.value) &&
      (!this.wanted || line.text.toLowerCase().includes(this.wanted));
  }

  select() {
    this.wanted = this.search.value.toLowerCase();
    this.matching = this.lines.filter((line) => this.matches(line));
  }

  filter() { this.select(); this.end(); }

  /** soon draws once a frame, however many lines come. */
  soon() {
    if (this.drawing) return;
    this.drawing = requestAnimationFrame(() => { this.drawing = 0; if (this.paused) this.say(); else this.end(); });
  }

  end() {
    this.first = Math.max(0, this.matching.length - shown);
    this.draw();
    this.box.scrollTop = this.box.scrollHeight;
  }

  draw() {
    const lines = this.matching.slice(this.first, this.first + shown);
    // Lines that stay are not made again.
    const have = new Map([...this.box.children].map((node) => [node.line, node]));
    this.box.replaceChildren(...lines.map((line) => have.get(line) ?? this.row(line)));
    if (!lines.length) this.box.replaceChildren(el('p', { class: 'faint' }, this.lines.length ? 'No line matches.' : 'Nothing was printed yet.'));
    this.say();
  }

  /** hold keeps the lines that are shown in place, or follows again. */
  hold(on) {
    this.paused = on;
    this.held = 0;
    this.say();
  }

  say() {
    const n = this.matching.length;
    this.count.textContent = `${n.toLocaleString('en')} line${n === 1 ? '' : 's'}${this.paused ? `, paused, ${this.held.toLocaleString('en')} new` : ''}`;
  }

  row(line) {
    const index = Math.max(0, this.services.indexOf(line.service)) % colours;
    const node = el('div', { class: `line level${line.level}` },
      el('time', {}, line.time ? line.time.slice(11, 23) : ''), el('span', { class: `who who${index}` }, line.service),
      el('span', { class: 'text' }, ansi(readable(line.text))));
    node.line = line;
    return node;
  }

  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.box;
    const atEnd = scrollHeight - scrollTop - clientHeight < 30;
    if (atEnd && this.first + shown < this.matching.length) {
      this.first = Math.min(this.matching.length - shown, this.first + shown / 2);
      this.draw();
    }
    const pause = this.pause.querySelector('input');
    if (atEnd === this.paused && this.first + shown >= this.matching.length) { pause.checked = !atEnd; this.hold(!atEnd); }
    if (scrollTop < 30 && this.first > 0) {
      const before = this.box.scrollHeight;
      this.first = Math.max(0, this.first - shown / 2);
      this.draw();
      this.box.scrollTop = this.box.scrollHeight - before;
    }
  }

  /** older searches all that the engine has, and goes on with new lines. */
  older() {
    const address = this.address({ grep: this.search.value });
    this.source?.close();
    clearTimeout(this.again);
    this.clear();
    this.filter();
    this.back.disabled = true;
    const source = new EventSource(address);
    this.source = source;
    source.addEventListener('lines', (e) => this.add(JSON.parse(e.data)));
    const done = () => {
      source.close();
      if (this.source !== source) return;
      this.back.disabled = false;
      this.follow('0');
    };
    source.addEventListener('end', done);
    source.addEventListener('error', done);
  }
}

/** levelOf is 3 for an error, 2 for a warning, 1 else. */
function levelOf(text) {
  if (text.startsWith('{')) {
    try {
      const o = JSON.parse(text);
      const level = String(o.level ?? o.severity ?? o.lvl ?? '').toLowerCase();
      if (/^(err|fatal|crit|panic|emerg|alert|50|60)/.test(level)) return 3;
      return /^(warn|40)/.test(level) ? 2 : 1;
    } catch { /* no JSON */ }
  }
  const plain = text.replace(/\x1b\[[0-9;]*m/g, '').slice(0, 300);
  if (/\b(ERROR|FATAL|CRITICAL|PANIC)\b|^(Traceback|panic:|Error:|\w*Error:|\w*Exception)|\berror(\[\w+\])?:/.test(plain)) return 3;
  return /\bWARN(ING)?\b|\bwarn(ing)?:/.test(plain) ? 2 : 1;
}

/** readable is a JSON line as a sentence with the rest behind it. */
function readable(text) {
  if (!text.startsWith('{')) return text;
  try {
    const { msg, message, level, severity, lvl, time, timestamp, ts, ...rest } = JSON.parse(text);
    const said = msg ?? message;
    if (typeof said !== 'string') return text;
    const more = Object.entries(rest).map(([k, v]) => `${k}=${typeof v === 'string' ? v : JSON.stringify(v)}`).join(' ');
    return more ? `${said}  ${more}` : said;
  } catch { return text; }
}

/** ansi makes the colours of a terminal to elements, and drops other sequences. */
function ansi(text) {
  if (!text.includes('\x1b')) return [text];
  const parts = [];
  let classes = [];
  for (const piece of text.split(/(\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\))/)) {
    const codes = /^\x1b\[([0-9;]*)m$/.exec(piece);
    if (codes) {
      for (const code of (codes[1] || '0').split(';').map(Number)) {
        if (code === 0) classes = [];
        else if (code === 1) classes.push('bold');
        else if (code === 2) classes.push('faint');
        else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) classes = [...classes.filter((c) => !c.startsWith('fg')), `fg${code % 10}`];
        else if (code === 39) classes = classes.filter((c) => !c.startsWith('fg'));
      }
    } else if (piece && !piece.startsWith('\x1b')) {
      parts.push(classes.length ? el('span', { class: classes.join(' ') }, piece) : piece);
    }
  }
  return parts;
}
