import { empty, h, time } from '/assets/element.js';
import { badge } from '/assets/parts.js';

export const webhooksView = {
  async load(call) {
    const [mode, list] = await Promise.all([call('GET', '/webhooks'), call('GET', '/events?limit=200')]);
    return mode && list && { mode, ...list };
  },
  show(container, { data, act }) {
    const { mode, events } = data;
    const table =
      events.length === 0
        ? empty(
            'No events yet',
            'Everything that happens to a payment is told to Souk by a signed webhook; each delivery shows here.',
          )
        : h('div.scroll', {}, eventTable(events, act));
    const before = container.querySelector('.modes');
    // Whoever is typing a number is not interrupted by what arrives meanwhile.
    if (before?.querySelector('input:focus')) {
      container.lastElementChild.replaceWith(table);
      return;
    }
    container.className = 'single wide';
    container.dataset.kind = 'webhooks';
    container.replaceChildren(
      h(
        'div.modes',
        {},
        h(
          mode.paused ? 'button.primary' : 'button',
          { onclick: () => act('PUT', '/webhooks', { paused: !mode.paused }) },
          mode.paused ? `Resume (${mode.pending} waiting)` : 'Pause deliveries',
        ),
        number('Delay', 'ms', 'delayMs', mode, act),
        number('Duplicates', '×', 'duplicates', mode, act),
        number('Reorder within', 'ms', 'reorderWindowMs', mode, act),
      ),
      table,
    );
  },
};

function number(label, unit, name, mode, act) {
  return h(
    'label',
    {},
    label,
    h('input', {
      id: `mode-${name}`,
      type: 'number',
      min: 0,
      value: mode[name],
      onchange: (event) => act('PUT', '/webhooks', { [name]: Number(event.target.value) }),
    }),
    unit,
  );
}

function eventTable(events, act) {
  const head = ['State', 'Event', 'About', 'At', 'Attempts', ''];
  return h(
    'table.events',
    {},
    h('thead', {}, h('tr', {}, ...head.map((title) => h('th', {}, title)))),
    h(
      'tbody',
      {},
      ...events.map((event) =>
        h(
          'tr',
          {},
          h('td', {}, badge(event.state)),
          h('td', {}, h('div', {}, event.type), h('code.dim', {}, event.id)),
          h(
            'td',
            {},
            h('a', { href: `#payments/${event.about.paymentIntent ?? event.about.id}` }, h('code', {}, event.about.id)),
          ),
          h('td', {}, time(event.created)),
          h('td', {}, ...event.attempts.map(attemptChip)),
          h(
            'td',
            {},
            h('button.small', { onclick: () => act('POST', `/events/${event.id}/deliver`, {}) }, 'Send again'),
          ),
        ),
      ),
    ),
  );
}

function attemptChip(attempt) {
  const { status, error } = attempt.outcome;
  const good = status >= 200 && status < 300;
  return h(
    `span.badge.${good ? 'good' : 'bad'}`,
    { title: `${attempt.at}, ${attempt.durationMs} ms` },
    status ?? error,
  );
}
