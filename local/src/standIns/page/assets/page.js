import { h } from '/assets/element.js';
import { mailView, messagesView } from '/assets/mailView.js';
import { paymentsView } from '/assets/paymentsView.js';
import { paypalView } from '/assets/paypalView.js';
import { webhooksView } from '/assets/webhooksView.js';

/** Each section: what it loads, how it is shown, and the number beside its name. */
const SECTIONS = {
  mail: { title: 'Mailbox', view: mailView, count: (state) => state.mails },
  messages: { title: 'Messages', view: messagesView, count: (state) => state.messages },
  payments: { title: 'Payments', view: paymentsView, count: (state) => state.payments },
  paypal: { title: 'PayPal', view: paypalView, count: (state) => state.paypalOrders },
  webhooks: { title: 'Webhooks', view: webhooksView, count: (state) => state.webhooksPending },
};

const byId = (id) => document.getElementById(id);

/** Calls the control API; what goes wrong is shown and gives undefined. */
async function call(method, path, body) {
  try {
    const response = await fetch(`/control${path}`, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const answer = await response.json();
    if (response.ok) return answer;
    toast(answer.error?.message ?? `The stand-in answered ${response.status}.`);
  } catch {
    toast('The stand-in does not answer.');
  }
  return undefined;
}

let toastTimer;
function toast(text) {
  const element = byId('toast');
  element.textContent = text;
  element.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => {
    element.hidden = true;
  }, 5_000);
}

/** `#payments/pi_…` → ['payments', 'pi_…'] */
function place() {
  const [name, id] = location.hash.slice(1).split('/');
  return Object.hasOwn(SECTIONS, name) ? [name, id] : ['mail', undefined];
}

function showTabs(state, current) {
  byId('tabs').replaceChildren(
    ...Object.entries(SECTIONS).map(([name, { title, count }]) =>
      h(
        'a',
        { href: `#${name}`, 'aria-current': name === current ? 'page' : null },
        title,
        count(state) > 0 ? h('span.count', {}, count(state)) : null,
      ),
    ),
  );
}

function showFaults(faults) {
  const banner = byId('faults');
  banner.hidden = faults.length === 0;
  banner.replaceChildren(
    h('strong', {}, 'Faults armed'),
    ...faults.map((fault) =>
      h(
        'span.chip',
        {},
        `${fault.provider}: ${fault.effect.kind} × ${fault.times}${fault.path ? ` on ${fault.path}` : ''}`,
      ),
    ),
    h('button', { onclick: () => call('DELETE', '/faults').then(refresh) }, 'Disarm all'),
  );
}

let turn = 0;
/** Loads and shows the current section. A slower, older load never replaces a newer one. */
async function refresh() {
  turn += 1;
  const mine = turn;
  const [name, id] = place();
  const { view } = SECTIONS[name];
  const state = await call('GET', '/state');
  const data = state && (await view.load(call, id));
  if (mine !== turn || state === undefined || data === undefined) return;
  showTabs(state, name);
  showFaults(state.faults);
  document.title = `Souk · ${SECTIONS[name].title}`;
  const act = async (method, path, body) => {
    await call(method, path, body);
    await refresh();
  };
  view.show(byId('view'), { data, id, act });
}

function listen() {
  const source = new EventSource('/control/changes');
  const live = byId('live');
  source.onopen = () => {
    live.textContent = 'live';
    live.classList.add('on');
    refresh();
  };
  source.onmessage = refresh;
  source.onerror = () => {
    live.textContent = 'reconnecting…';
    live.classList.remove('on');
  };
}

addEventListener('hashchange', refresh);
refresh();
listen();
