import { empty, h, money, time } from '/assets/element.js';
import { badge, fact, panes, row, section } from '/assets/parts.js';

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
