import { empty, h, money, time } from '/assets/element.js';

const names = (mailboxes) => mailboxes.map((it) => it.name ?? it.email).join(', ');
const addresses = (mailboxes) => mailboxes.map((it) => (it.name ? `${it.name} <${it.email}>` : it.email)).join(', ');

/** List on the left, the chosen one on the right. Both keep where they were scrolled to. */
function panes(container, kind, rows, detail) {
  const list = h('div.list', {}, ...rows);
  const [oldList, oldDetail] = container.dataset.kind === kind ? container.children : [];
  container.dataset.kind = kind;
  container.className = 'panes';
  if (!oldDetail?.matches('.detail')) {
    container.replaceChildren(list, detail);
    return;
  }
  const scrolled = oldList.scrollTop;
  oldList.replaceWith(list);
  list.scrollTop = scrolled;
  const same = detail.dataset.id !== undefined && detail.dataset.id === oldDetail.dataset.id;
  // A mail never changes, and its frame would load again wherever it is put: it stays where it is.
  if (same && kind === 'mail') return;
  const detailScrolled = same ? oldDetail.scrollTop : 0;
  oldDetail.replaceWith(detail);
  detail.scrollTop = detailScrolled;
}

const row = (kind, id, chosen, ...children) =>
  h('a.row', { href: `#${kind}/${id}`, 'aria-current': id === chosen ? 'true' : null }, ...children);

const fact = (name, ...value) => [h('dt', {}, name), h('dd', {}, ...value)];

const section = (title, ...children) => h('section', {}, h('h3', {}, title), ...children);

export const mailView = {
  async load(call, id) {
    const list = await call('GET', '/mail?limit=200');
    const chosen = id ?? list?.mails[0]?.id;
    const known = list?.mails.some((mail) => mail.id === chosen) || id !== undefined;
    return list && { ...list, mail: known && chosen ? await call('GET', `/mail/${chosen}`) : undefined };
  },
  show(container, { data }) {
    const { mails, mail } = data;
    if (mails.length === 0) {
      container.className = 'single';
      container.dataset.kind = 'mail';
      container.replaceChildren(
        empty('No mail yet', 'Every mail that Souk sends through SendGrid lands here, and nowhere else.'),
      );
      return;
    }
    const rows = mails.map((it) =>
      row(
        'mail',
        it.id,
        mail?.id,
        h('div.line', {}, h('strong.clip', {}, names(it.to)), time(it.at)),
        h('div.clip', {}, it.subject || '(no subject)'),
        h('div.tags', {}, ...it.categories.map((category) => h('span.tag', {}, category))),
      ),
    );
    panes(container, 'mail', rows, mail ? mailDetail(mail) : h('div.detail'));
  },
};

function mailDetail(mail) {
  const frame = h('iframe', {
    src: `/control/mail/${encodeURIComponent(mail.id)}/html`,
    sandbox: 'allow-popups allow-popups-to-escape-sandbox',
    title: `Mail: ${mail.subject}`,
    referrerpolicy: 'no-referrer',
  });
  const args = Object.entries(mail.customArgs);
  const plain = h('pre.plain', { hidden: true }, mail.text ?? 'This mail has no plain text part.');
  const tab = (label, showsHtml) =>
    h(
      'button',
      {
        'aria-pressed': String(showsHtml === (mail.html !== null)),
        onclick: (event) => {
          frame.hidden = !showsHtml;
          plain.hidden = showsHtml;
          for (const button of event.target.parentElement.children)
            button.setAttribute('aria-pressed', String(button === event.target));
        },
      },
      label,
    );
  if (mail.html === null) {
    frame.hidden = true;
    plain.hidden = false;
  }
  return h(
    'article.detail.mail',
    { 'data-id': mail.id },
    h(
      'header',
      {},
      h(
        'div.line',
        {},
        h('h2', {}, mail.subject || '(no subject)'),
        h('div.segmented', {}, tab('HTML', true), tab('Text', false)),
      ),
      h(
        'dl.facts',
        {},
        ...fact('From', addresses([mail.from])),
        ...fact('To', addresses(mail.to)),
        ...(mail.cc.length > 0 ? fact('Cc', addresses(mail.cc)) : []),
        ...(mail.bcc.length > 0 ? fact('Bcc', addresses(mail.bcc)) : []),
        ...(mail.replyTo ? fact('Reply to', addresses([mail.replyTo])) : []),
        ...fact('Received', time(mail.at)),
        ...(args.length > 0
          ? fact('Arguments', ...args.map(([name, value]) => h('code.chip', {}, `${name}: ${value}`)))
          : []),
        ...(mail.attachments.length > 0
          ? fact('Attached', ...mail.attachments.map((it) => h('code.chip', {}, `${it.filename}, ${it.bytes} bytes`)))
          : []),
      ),
    ),
    frame,
    plain,
  );
}

export const messagesView = {
  load: (call) => call('GET', '/messages?limit=200'),
  show(container, { data }) {
    container.className = 'single';
    container.dataset.kind = 'messages';
    if (data.messages.length === 0) {
      container.replaceChildren(empty('No text messages yet', 'Every text that Souk sends through Twilio lands here.'));
      return;
    }
    container.replaceChildren(
      h(
        'div.texts',
        {},
        ...data.messages.map((message) =>
          h(
            'article.text',
            {},
            h('div.line', {}, h('strong', {}, message.to), time(message.at)),
            h('p.bubble', {}, message.body),
            h(
              'small',
              {},
              `from ${message.from ?? message.messagingServiceSid} · ${message.segments} ${message.segments === 1 ? 'part' : 'parts'}`,
            ),
          ),
        ),
      ),
    );
  },
};

const STATUS = {
  succeeded: ['good', 'Succeeded'],
  delivered: ['good', 'Delivered'],
  canceled: ['quiet', 'Canceled'],
  unwanted: ['quiet', 'Not subscribed'],
  requires_payment_method: ['wait', 'Waiting for payment'],
  requires_confirmation: ['wait', 'Waiting for confirmation'],
  requires_action: ['wait', '3-D Secure'],
  requires_capture: ['wait', 'Authorized'],
  processing: ['wait', 'Processing'],
  pending: ['wait', 'Pending'],
  failed: ['bad', 'Failed'],
  needs_response: ['bad', 'Needs response'],
  won: ['good', 'Won'],
  lost: ['bad', 'Lost'],
};
const badge = (status) => {
  const [tone, label] = STATUS[status] ?? ['quiet', status];
  return h(`span.badge.${tone}`, {}, label);
};
const refundedOf = (payment) => payment.charges.reduce((sum, charge) => sum + charge.amount_refunded, 0);

export const paymentsView = {
  async load(call, id) {
    const list = await call('GET', '/payment_intents?limit=100');
    const chosen = id ?? list?.payments[0]?.intent.id;
    if (list === undefined || chosen === undefined) return list;
    const [payment, events] = await Promise.all([
      call('GET', `/payment_intents/${chosen}`),
      call('GET', `/events?about=${chosen}&limit=50`),
    ]);
    return { ...list, payment, events: events?.events ?? [] };
  },
  show(container, { data, act }) {
    const { payments, payment, events } = data;
    if (payments.length === 0) {
      container.className = 'single';
      container.dataset.kind = 'payments';
      container.replaceChildren(
        empty(
          'No payments yet',
          'Each payment intent that Souk creates at Stripe shows here. You can pay it, decline it, or refund it.',
        ),
      );
      return;
    }
    const rows = payments.map((it) =>
      row(
        'payments',
        it.intent.id,
        payment?.intent.id,
        h('div.line', {}, h('strong.amount', {}, money(it.intent.amount, it.intent.currency)), badge(it.intent.status)),
        h(
          'div.line.dim',
          {},
          h(
            'code.clip',
            {},
            it.intent.metadata.orderId ?? it.intent.metadata.order_id ?? it.intent.description ?? it.intent.id,
          ),
          time(it.intent.created),
        ),
        refundedOf(it) > 0 ? h('div.dim', {}, `${money(refundedOf(it), it.intent.currency)} refunded`) : null,
      ),
    );
    panes(container, 'payments', rows, payment ? paymentDetail(payment, events, act) : h('div.detail'));
  },
};

function paymentDetail({ intent, charges, refunds, disputes }, events, act) {
  const refunded = charges.reduce((sum, charge) => sum + charge.amount_refunded, 0);
  const error = intent.last_payment_error;
  return h(
    'article.detail.payment',
    { 'data-id': intent.id },
    h(
      'header',
      {},
      h('div.line', {}, h('h2.amount', {}, money(intent.amount, intent.currency)), badge(intent.status)),
      h(
        'dl.facts',
        {},
        ...fact('Intent', h('code', {}, intent.id)),
        ...fact('Created', time(intent.created)),
        ...(intent.amount_received > 0 ? fact('Received', money(intent.amount_received, intent.currency)) : []),
        ...(refunded > 0 ? fact('Refunded', money(refunded, intent.currency)) : []),
        ...(error ? fact('Last error', `${error.message} (${error.decline_code ?? error.code})`) : []),
        ...(intent.cancellation_reason ? fact('Canceled', intent.cancellation_reason) : []),
        ...(Object.keys(intent.metadata).length > 0
          ? fact(
              'Metadata',
              ...Object.entries(intent.metadata).map(([name, value]) => h('code.chip', {}, `${name}: ${value}`)),
            )
          : []),
      ),
    ),
    h('div.actions', {}, ...actionsFor(intent, charges, disputes, act)),
    charges.length > 0 &&
      section(
        'Charges',
        table(
          charges.map((charge) => [
            badge(charge.status),
            money(charge.amount, charge.currency),
            cardOf(charge),
            charge.failure_message ?? (charge.captured ? 'captured' : 'not captured'),
            h('code', {}, charge.id),
          ]),
        ),
      ),
    refunds.length > 0 &&
      section(
        'Refunds',
        table(
          refunds.map((refund) => [
            badge(refund.status),
            money(refund.amount, refund.currency),
            refund.reason ?? '',
            time(refund.created),
            h('code', {}, refund.id),
          ]),
        ),
      ),
    disputes.length > 0 &&
      section(
        'Disputes',
        table(
          disputes.map((dispute) => [
            badge(dispute.status),
            money(dispute.amount, dispute.currency),
            dispute.reason,
            h('code', {}, dispute.id),
          ]),
        ),
      ),
    section(
      'Events',
      table(events.map((event) => [badge(event.state), event.type, time(event.created), h('code', {}, event.id)])),
    ),
  );
}

function cardOf(charge) {
  const { type } = charge.payment_method_details;
  const details = charge.payment_method_details[type];
  const issuer = details.brand ?? details.bank_name;
  return `${issuer[0].toUpperCase()}${issuer.slice(1)} •••• ${details.last4}`;
}

const table = (rows) =>
  h('table', {}, h('tbody', {}, ...rows.map((cells) => h('tr', {}, ...cells.map((cell) => h('td', {}, cell))))));

function actionsFor(intent, charges, disputes, act) {
  const on = (path, body) => () => act('POST', `/payment_intents/${intent.id}/${path}`, body);
  const button = (label, path, body, tone = '') =>
    h(tone ? `button.${tone}` : 'button', { onclick: on(path, body) }, label);
  const pay = (method) => ({ payment_method: method });
  switch (intent.status) {
    case 'requires_payment_method':
    case 'requires_confirmation':
      return [
        button('Pay with Visa', 'pay', pay('pm_card_visa'), 'primary'),
        button('Decline', 'pay', pay('pm_card_chargeDeclined')),
        button('Insufficient funds', 'pay', pay('pm_card_chargeDeclinedInsufficientFunds')),
        button('3-D Secure', 'pay', pay('pm_card_threeDSecureRequired')),
        button('Bank debit', 'pay', pay('pm_usBankAccount_processing')),
        button('Cancel', 'cancel', {}, 'danger'),
      ];
    case 'requires_action':
      return [
        button('Complete 3-D Secure', 'authenticate', { outcome: 'succeed' }, 'primary'),
        button('Fail 3-D Secure', 'authenticate', { outcome: 'fail' }),
        button('Cancel', 'cancel', {}, 'danger'),
      ];
    case 'processing':
      return [
        button('Money arrives', 'settle', { outcome: 'succeed' }, 'primary'),
        button('Debit bounces', 'settle', { outcome: 'fail' }),
      ];
    case 'requires_capture':
      return [button('Capture', 'capture', {}, 'primary'), button('Void', 'cancel', {}, 'danger')];
    case 'succeeded':
      return refundActions(intent, charges, disputes, act, button);
    default:
      return [];
  }
}

function refundActions(intent, charges, disputes, act, button) {
  const charge = charges.find((it) => it.id === intent.latest_charge);
  const left = charge ? charge.amount_captured - charge.amount_refunded : 0;
  const open = disputes.find((dispute) => dispute.status === 'needs_response');
  if (open) {
    const close = (outcome) => () => act('POST', `/disputes/${open.id}/close`, { outcome });
    return [
      h('button', { onclick: close('won') }, 'Dispute won'),
      h('button.danger', { onclick: close('lost') }, 'Dispute lost'),
    ];
  }
  if (left === 0 || charge.disputed) return [];
  const half = Math.floor(left / 2);
  return [
    button(`Refund ${money(left, intent.currency)}`, 'refund', {}, 'primary'),
    half > 0 ? button(`Refund ${money(half, intent.currency)}`, 'refund', { amount: half }) : null,
    button('Dispute', 'dispute', {}, 'danger'),
  ];
}

export const webhooksView = {
  async load(call) {
    const [mode, list] = await Promise.all([call('GET', '/webhooks'), call('GET', '/events?limit=200')]);
    return mode && list && { mode, ...list };
  },
  show(container, { data, act }) {
    const { mode, events } = data;
    const focused = document.activeElement?.id;
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
      events.length === 0
        ? empty(
            'No events yet',
            'Everything that happens to a payment is told to Souk by a signed webhook; each delivery shows here.',
          )
        : h('div.scroll', {}, eventTable(events, act)),
    );
    if (focused) document.getElementById(focused)?.focus();
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
