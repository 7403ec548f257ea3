import { $, ago, api, ask, bytes, copyButton, el, quoted, replace, show, words } from './dom.js';
import { Graph } from './graph.js';
import { Logs } from './logs.js';
import { Timeline } from './timeline.js';

let state = { projects: [], engine: '', version: '', home: '', read_only: false };
let usage = new Map(); // container -> the last samples
const open = new Set(); // keys of services whose details are shown
const busy = new Map(); // project/service -> the verb that is under way
const wanted = () => new URLSearchParams(location.hash.slice(1)).get('project') ?? '';
let chosen = wanted();

const logs = new Logs($('view-logs'));
const timeline = new Timeline($('view-time'));
const graph = new Graph($('view-graph'));
const views = { logs, time: timeline, graph };
let view = 'logs';

// ---- the connection ----

function connect() {
  const source = new EventSource(api('events'));
  source.addEventListener('open', () => { $('connection').textContent = 'live'; $('connection').className = 'good'; });
  source.addEventListener('error', () => {
    $('connection').textContent = 'not connected';
    $('connection').className = 'bad';
    refused(source.readyState === EventSource.CLOSED);
  });
  source.addEventListener('state', (e) => { notice(''); state = JSON.parse(e.data); render(); });
  source.addEventListener('problem', (e) => notice(JSON.parse(e.data)));
  source.addEventListener('usage', (e) => {
    const now = JSON.parse(e.data);
    const kept = new Map();
    for (const [name, sample] of Object.entries(now)) kept.set(name, [...(usage.get(name) ?? []).slice(-59), sample]);
    usage = kept;
    render();
  });
}

/** refused says why no events come, unless the dashboard answers: then they come again. An event source that is
 *  closed, since a proxy answered in the dashboard's place, never tries again by itself. */
async function refused(closed) {
  let status = 502;
  try { status = (await fetch(api('qr'), { method: 'HEAD' })).status; } catch { /* nothing answers */ }
  if (status === 401) notice('Open the URL that `devup dashboard` prints: it holds the token for this page.');
  else if (closed) setTimeout(connect, 3000);
  if (status >= 500) notice('The dashboard has ended. `devup dashboard` starts it again.');
}

function notice(text) {
  $('notice').hidden = !text;
  replace($('notice'), words(text));
}

// ---- what is shown ----

const project = () => state.projects.find((p) => p.name === chosen);

function render() {
  if (!project()) chosen = (state.projects.find((p) => p.services.some((s) => s.bad)) ?? state.projects[0])?.name ?? '';
  const p = project();
  document.title = p ? `${p.services.some((s) => s.bad) ? '⚠ ' : ''}${p.name} · devup` : 'devup';
  replace($('projects'), state.projects.map(projectTab));
  replace($('failures'), p ? failures(p) : []);
  $('place').textContent = p ? place(p) : '';
  replace($('gateway'), p ? p.urls.map((u, at) => address(p, { service: 'gateway' }, u, at)) : []);
  replace($('project-actions'), p ? projectActions(p) : []);
  replace($('services'), p ? p.services.map((s) => service(p, s)) : empty());
  document.querySelector('.views').hidden = !p;
  if (!p) return;
  logs.project(p.name, p.services.map((s) => s.service));
  timeline.project(p.name, p.services.some((s) => s.state === 'starting'));
  graph.draw(p);
}

function empty() {
  return el('li', { class: 'empty' }, el('p', {}, 'Nothing runs on this engine. Start a project with '), el('code', {}, 'devup up'), el('p', {}, 'and it shows here.'));
}

const place = (p) => (p.dir_gone ? `${p.dir} was deleted` : state.home && p.dir.startsWith(`${state.home}/`) ? `~${p.dir.slice(state.home.length)}` : p.dir);

function projectTab(p) {
  const bad = p.services.some((s) => s.bad);
  return el('button', {
    type: 'button', 'data-key': `project ${p.name}`, 'aria-current': p.name === chosen ? 'page' : undefined,
    click: () => { chosen = p.name; location.hash = new URLSearchParams({ project: p.name }); render(); },
  }, el('span', { class: `dot ${bad ? 'bad' : p.services.some((s) => s.state === 'running') ? 'good' : ''}`, 'aria-hidden': 'true' }), p.name, bad ? el('span', { class: 'hidden' }, ' has a failure') : null);
}

function projectActions(p) {
  if (state.read_only) return [];
  const all = (verb, label, question) => button(p, { verb }, label, question);
  const running = p.services.some((s) => s.containers.some((c) => c.state === 'running'));
  return [p.dir_gone ? null : all('up', 'Up'), running ? all('stop', 'Stop') : null, all('down', 'Down', `Remove the containers of ${p.name}? Volumes stay, with the data in them.`)];
}

// ---- failures ----

function failures(p) {
  const cards = p.failures.map((f) => failure(p, f));
  if (p.problem) cards.unshift(el('article', { class: 'failure' }, el('h2', {}, p.problem)));
  return cards;
}

function failure(p, f) {
  const where = f.file ? `${f.file}${f.line ? `:${f.line}` : ''}` : '';
  return el('article', { class: 'failure' },
    el('h2', {}, where ? `${where}: ` : '', words(f.message)),
    f.lines?.length ? el('pre', { tabindex: '0', 'aria-label': 'Evidence' }, f.lines.join('\n')) : null,
    f.hint ? el('p', { class: 'hint' }, el('strong', {}, 'Next: '), words(f.hint)) : null,
    el('div', { class: 'actions' },
      f.service ? el('button', { type: 'button', 'data-key': `log ${f.service}`, click: () => { choose('logs'); logs.only(f.service); } }, `Logs of ${f.service}`) : null,
      f.service && !state.read_only ? button(p, { service: f.service, verb: 'rebuild' }, 'Rebuild') : null,
      f.next ? copyButton('Copy the command', f.next, `next ${f.message}`) : null,
      copyButton('Copy a report', () => report(p, f), `report ${f.message}`)));
}

function report(p, f) {
  const s = p.services.find((one) => one.service === f.service);
  return [
    `devup ${state.version}, ${state.engine}`, `${f.code}${f.reason ? ` (${f.reason})` : ''}: ${f.message}`,
    ...(f.lines ?? []).map((l) => `  | ${l}`), f.hint ? `hint: ${f.hint}` : '',
    s ? `${s.service}: ${s.state}${s.evidence ? `, ${s.evidence}` : ''}, image ${s.image}` : '',
  ].filter(Boolean).join('\n');
}

// ---- services ----

function service(p, s) {
  const key = `${p.name}/${s.service}`;
  const details = open.has(key);
  const tone = s.bad ? 'bad' : s.state === 'running' || s.state === 'completed' ? 'good' : s.state === 'starting' ? 'wait' : '';
  return el('li', { class: 'service', 'data-key': `service ${key}` },
    el('div', { class: 'name' },
      el('button', {
        type: 'button', class: 'plain', 'aria-expanded': String(details), 'data-key': `more ${key}`,
        click: () => { if (!open.delete(key)) open.add(key); render(); },
      }, el('span', { class: `dot ${tone}`, 'aria-hidden': 'true' }), el('strong', {}, s.service)),
      el('span', { class: `state ${tone}` }, busy.get(key) ?? s.state), el('span', { class: 'evidence' }, s.evidence ?? '')),
    el('div', { class: 'urls' }, s.urls.map((u, at) => address(p, s, u, at))),
    el('div', { class: 'usage' }, usageOf(s)),
    el('div', { class: 'actions' }, serviceActions(p, s), el('button', { type: 'button', class: 'quiet', 'data-key': `logs ${key}`, click: () => { choose('logs'); logs.only(s.service); } }, 'Logs')),
    details ? more(p, s) : null);
}

function address(p, s, u, at) {
  const key = `${p.name}/${s.service} ${at}`;
  const visible = u.visibility && !state.read_only;
  return el('span', { class: 'url', 'data-key': `address ${key}` },
    u.link ? el('a', { href: safe(u.link), target: '_blank', rel: 'noreferrer' }, u.text) : el('code', {}, u.text),
    u.access || u.visibility || u.public ? el('span', { class: 'access' }, u.access || u.visibility || 'public') : null,
    u.link ? el('button', { type: 'button', class: 'quiet', 'aria-label': `QR code of ${u.text}`, click: () => code(u.link) }, 'QR') : null,
    visible && u.visibility !== 'public' ? button(p, { service: s.service, verb: 'publish', port: u.port }, 'Make public', `Open ${u.text} to everyone on the internet?`) : null,
    visible && u.visibility === 'public' ? button(p, { service: s.service, verb: 'unpublish', port: u.port }, 'Make private') : null);
}

/** safe is a link that a browser may open: of a page, and no script. */
const safe = (link) => (/^https?:\/\//.test(link) ? link : undefined);

function code(link) {
  show(el('h2', {}, link), el('img', { src: api('qr', { text: link }), alt: `QR code of ${link}`, class: 'code' }));
}

function usageOf(s) {
  const names = s.containers.map((c) => c.name).filter((name) => usage.has(name));
  if (!names.length || usage.get(names[0]).length < 2) return [];
  const at = (i, field) => names.reduce((sum, name) => sum + (usage.get(name).at(i)?.[field] ?? 0), 0);
  const count = Math.max(...names.map((name) => usage.get(name).length));
  const series = (field) => Array.from({ length: count }, (_, i) => at(i - count, field));
  return [plot('CPU', series('cpu'), (n) => `${n.toFixed(n < 10 ? 1 : 0)} %`, 100), plot('Memory', series('memory'), bytes, 64 << 20)];
}

function plot(label, values, text, least) {
  const top = Math.max(least, ...values);
  const points = values.map((v, i) => `${60 - values.length + i},${(20 - (v / top) * 19).toFixed(1)}`).join(' ');
  return el('span', { class: 'plot', title: label },
    el('svg', { viewBox: '0 0 60 20', 'aria-hidden': 'true', preserveAspectRatio: 'none' }, el('polyline', { points })),
    el('span', {}, el('span', { class: 'hidden' }, `${label} `), text(values.at(-1))));
}

function serviceActions(p, s) {
  if (state.read_only) return [];
  const one = (verb, label) => button(p, { service: s.service, verb }, label);
  const runs = s.containers.some((c) => c.state === 'running' || c.state === 'restarting' || c.state === 'paused');
  return runs
    ? [one('restart', 'Restart'), one('stop', 'Stop'), one('rebuild', 'Rebuild')]
    : [one(s.containers.length ? 'start' : 'up', 'Start'), one('rebuild', 'Rebuild')];
}

const doing = { start: 'starting', stop: 'stopping', restart: 'restarting', rebuild: 'rebuilding', up: 'starting', down: 'removing', setup: 'being set up' };

/** button does an action on a project, or on one of its services, after a question where there is one. */
function button(p, action, label, question) {
  const name = action.service ?? p.name;
  const key = action.service ? `${p.name}/${action.service}` : p.name;
  return el('button', {
    type: 'button', 'data-key': [action.verb, key, action.step ?? action.port].filter(Boolean).join(' '), disabled: busy.has(key), 'aria-label': `${label} ${name}`,
    click: async () => {
      if (question && !await ask(question, label)) return;
      busy.set(key, doing[action.verb]);
      render();
      const failed = await act({ project: p.name, ...action });
      busy.delete(key);
      render();
      timeline.reload();
      if (failed) show(el('h2', {}, `${label} ${name}`), el('pre', {}, failed));
    },
  }, label);
}

/** act does it; the result is what was printed where it failed. */
async function act(action) {
  try {
    const response = await fetch(api('act'), { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(action) });
    if (response.ok) return '';
    const text = await response.text();
    try { return JSON.parse(text).error; } catch { return text; }
  } catch (e) {
    return `The connection to the dashboard was lost (${e.message}). What had begun goes on.`;
  }
}

function more(p, s) {
  const row = (name, ...value) => (value.flat().filter(Boolean).length ? [el('dt', {}, name), el('dd', {}, value)] : []);
  const shell = `cd ${quoted(p.dir)} && devup exec ${quoted(s.service)} sh`;
  return el('div', { class: 'more' }, el('dl', {},
    row('Containers', s.containers.map((c) => el('div', {}, `${c.name}: ${c.state}`, c.started && c.state === 'running' ? `, started ${ago(c.started)}` : '', c.restarts ? `, ${c.restarts} restarts` : ''))),
    row('Created because', s.cause),
    row('Image', s.image, s.built ? `, built ${ago(s.built)}` : ''),
    row('Needs', s.depends_on.map((d) => el('div', {}, `${d.service} (${d.condition})`))),
    row('Addresses in variables', s.wiring.map((w) => el('div', {}, el('code', {}, w.variable), ` → ${w.service}`))),
    state.read_only ? [] : row('Setup steps', s.setup.map((step) => el('div', {}, el('code', {}, step), ' ',
      button(p, { service: s.service, verb: 'setup', step }, 'Run again', `Run the setup step ${step} of ${s.service} again? It may change or remove data.`)))),
    row('Shell', el('code', {}, shell), ' ', copyButton('copy', shell, `shell ${s.service}`)),
  ), el('button', { type: 'button', class: 'quiet', 'data-key': `config ${p.name}/${s.service}`, click: () => config(p, s) }, 'Config in effect'));
}

async function config(p, s) {
  const response = await fetch(api('config', { project: p.name, service: s.service }));
  const body = await response.json();
  show(el('h2', {}, `Config of ${s.service}`), el('pre', { tabindex: '0' }, body.text ?? body.error));
}

// ---- the views ----

function choose(name) {
  view = name;
  for (const tab of document.querySelectorAll('[role=tab]')) {
    const on = tab.id === `tab-${name}`;
    tab.setAttribute('aria-selected', String(on));
    tab.tabIndex = on ? 0 : -1;
    $(tab.getAttribute('aria-controls')).hidden = !on;
  }
  for (const [key, one] of Object.entries(views)) one.visible(key === name);
}

$('tabs').addEventListener('click', (e) => { if (e.target.role === 'tab' || e.target.getAttribute('role') === 'tab') choose(e.target.id.slice(4)); });
$('tabs').addEventListener('keydown', (e) => {
  const names = Object.keys(views);
  const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
  if (!step) return;
  choose(names[(names.indexOf(view) + step + names.length) % names.length]);
  $(`tab-${view}`).focus();
});
addEventListener('hashchange', () => { chosen = wanted(); render(); });

choose('logs');
connect();
