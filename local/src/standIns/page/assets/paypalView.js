import { empty, h, time } from '/assets/element.js';
import { badge, fact, panes, row, section } from '/assets/parts.js';

const unitOf = (order) => order.purchase_units[0];
const amountOf = ({ value, currency_code: currency }) => `${value} ${currency}`;

export const paypalView = {
  async load(call, id) {
    const list = await call('GET', '/paypal/orders?limit=100');
    const chosen = id ?? list?.orders[0]?.id;
    if (list === undefined || chosen === undefined) return list;
    const [chosenOrder, events] = await Promise.all([
      call('GET', `/paypal/orders/${chosen}`),
      call('GET', `/events?about=${chosen}&limit=50`),
    ]);
    return { ...list, chosenOrder, events: events?.events ?? [] };
  },
  show(container, { data, act }) {
    const { orders, chosenOrder, events } = data;
    if (orders.length === 0) {
      container.className = 'single';
      container.dataset.kind = 'paypal';
      container.replaceChildren(
        empty(
          'No orders at PayPal yet',
          'Each order that Souk creates at PayPal shows here. You can approve it, or refund it.',
        ),
      );
      return;
    }
    const rows = orders.map((order) =>
      row(
        'paypal',
        order.id,
        chosenOrder?.order.id,
        h('div.line', {}, h('strong.amount', {}, amountOf(unitOf(order).amount)), badge(order.status)),
        h('div.line.dim', {}, h('code.clip', {}, unitOf(order).custom_id ?? order.id), time(order.create_time)),
      ),
    );
    panes(container, 'paypal', rows, chosenOrder ? detail(chosenOrder, events, act) : h('div.detail'));
  },
};

function detail({ order, disputes }, events, act) {
  const { authorizations = [], captures = [], refunds = [] } = unitOf(order).payments ?? {};
  return h(
    'article.detail.payment',
    { 'data-id': order.id },
    h(
      'header',
      {},
      h('div.line', {}, h('h2.amount', {}, amountOf(unitOf(order).amount)), badge(order.status)),
      h(
        'dl.facts',
        {},
        ...fact('Order', h('code', {}, order.id)),
        ...fact('Created', time(order.create_time)),
        ...fact('Intent', order.intent),
        ...(unitOf(order).invoice_id ? fact('Invoice', h('code.chip', {}, unitOf(order).invoice_id)) : []),
      ),
    ),
    h('div.actions', {}, ...actionsFor(order, authorizations, captures, disputes, act)),
    ...parts('Authorizations', authorizations),
    ...parts('Captures', captures),
    ...parts('Refunds', refunds),
    disputes.length > 0 &&
      section(
        'Disputes',
        table(
          disputes.map((dispute) => [
            badge(dispute.dispute_outcome?.outcome_code ?? dispute.status),
            amountOf(dispute.dispute_amount),
            dispute.reason,
            h('code', {}, dispute.dispute_id),
          ]),
        ),
      ),
    section(
      'Events',
      table(events.map((event) => [badge(event.state), event.type, time(event.created), h('code', {}, event.id)])),
    ),
  );
}

const parts = (title, list) =>
  list.length === 0
    ? []
    : [
        section(
          title,
          table(list.map((it) => [badge(it.status), amountOf(it.amount), time(it.create_time), h('code', {}, it.id)])),
        ),
      ];

const table = (rows) =>
  h('table', {}, h('tbody', {}, ...rows.map((cells) => h('tr', {}, ...cells.map((cell) => h('td', {}, cell))))));

function actionsFor(order, authorizations, captures, disputes, act) {
  const button = (label, path, body = {}, tone = '') =>
    h(tone ? `button.${tone}` : 'button', { onclick: () => act('POST', `/paypal/${path}`, body) }, label);
  if (order.status !== 'COMPLETED') {
    return [
      button('Approve', `orders/${order.id}/approve`, {}, 'primary'),
      button('Approve with a bank transfer', `orders/${order.id}/approve`, { funding: 'echeck' }),
      button('Approve with a declined card', `orders/${order.id}/approve`, { funding: 'declined' }),
    ];
  }
  const open = authorizations.find(({ status }) => status === 'CREATED' || status === 'PARTIALLY_CAPTURED');
  if (open) {
    return [
      button('Capture', `authorizations/${open.id}/capture`, {}, 'primary'),
      button('Void', `authorizations/${open.id}/void`, {}, 'danger'),
    ];
  }
  const pending = captures.find(({ status }) => status === 'PENDING');
  if (pending) {
    return [
      button('Money arrives', `captures/${pending.id}/settle`, { outcome: 'succeed' }, 'primary'),
      button('Transfer bounces', `captures/${pending.id}/settle`, { outcome: 'fail' }),
    ];
  }
  const dispute = disputes.find((it) => it.status !== 'RESOLVED');
  if (dispute) {
    return [
      button('Dispute won', `disputes/${dispute.dispute_id}/close`, { outcome: 'won' }),
      button('Dispute lost', `disputes/${dispute.dispute_id}/close`, { outcome: 'lost' }, 'danger'),
    ];
  }
  const taken = captures.find(({ status }) => status === 'COMPLETED' || status === 'PARTIALLY_REFUNDED');
  if (!taken) return [];
  return [
    button('Refund the rest', `captures/${taken.id}/refund`, {}, 'primary'),
    button('Dispute', `captures/${taken.id}/dispute`, {}, 'danger'),
  ];
}
