import type { FastifyInstance, FastifyReply } from 'fastify';
import { escapeHtml } from '../control/mailControls.js';
import { parseForm } from '../core/form.js';
import type { Store } from '../openStore.js';
import { money } from '../paypal/amounts.js';
import { approve } from '../paypal/approve.js';
import { PaypalFailure } from '../paypal/failure.js';
import type { PaypalEngine } from '../paypal/paypalEngine.js';
import type { Funding, PaypalOrderRecord } from '../paypal/records.js';
import { PAYPAL_BASE } from '../paypal/servePaypal.js';

const CHECKOUT = `${PAYPAL_BASE}/checkoutnow`;
const CHOICES: readonly (readonly [funding: Funding | 'cancel', label: string])[] = [
  ['balance', 'Pay now'],
  ['echeck', 'Pay by bank transfer that takes days'],
  ['declined', 'Pay with a card that is declined'],
  ['cancel', 'Cancel and go back to the shop'],
];

/** The page where a payer approves an order (`links[rel=payer-action]`), and which sends him back to the shop. */
export function servePaypalCheckout(app: FastifyInstance, options: { store: Store; engine: PaypalEngine }): void {
  const { store, engine } = options;
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) =>
    done(null, body),
  );
  const find = (query: unknown): PaypalOrderRecord | undefined =>
    store.get('paypal_order', String((query as { token?: unknown }).token ?? ''));

  app.get(CHECKOUT, (request, reply) => {
    const order = find(request.query);
    if (order === undefined) return page(reply.code(404), 'Not found', '<p>There is no such order.</p>');
    if (order.status === 'COMPLETED') return page(reply, 'Paid', '<p>This order has been paid.</p>');
    const { currency_code: currency, value } = money(order.amount, order.currency);
    const buttons = CHOICES.map(
      ([name, label], at) =>
        `<button name="choice" value="${name}"${at === 0 ? ' class="primary"' : ''}>${label}</button>`,
    );
    const targets = [order.returnUrl, order.cancelUrl].flatMap((url) => (url === null ? [] : [new URL(url).origin]));
    return page(
      reply,
      'PayPal test',
      `<p>${escapeHtml(order.description ?? 'A shop')} · <strong>${value} ${currency}</strong></p>
      <form method="post">${buttons.join('')}</form>`,
      ["'self'", ...new Set(targets)].join(' '),
    );
  });

  app.post(CHECKOUT, (request, reply) => {
    const order = find(request.query);
    if (order === undefined) return page(reply.code(404), 'Not found', '<p>There is no such order.</p>');
    const choice = CHOICES.find(([name]) => name === parseForm(String(request.body ?? '')).choice)?.[0] ?? 'cancel';
    try {
      if (choice !== 'cancel') engine.commit(approve(order, choice, new Date().toISOString()));
    } catch (error) {
      if (!(error instanceof PaypalFailure)) throw error;
      return page(reply.code(error.status), 'Not possible', `<p>${escapeHtml(error.message)}</p>`);
    }
    const target = choice === 'cancel' ? order.cancelUrl : order.returnUrl;
    if (target === null) return page(reply, 'Done', '<p>You can close this page and go back to the shop.</p>');
    const url = new URL(target);
    url.searchParams.set('token', order.id);
    if (choice !== 'cancel') url.searchParams.set('PayerID', 'PAYERADALOVELACE');
    return reply.redirect(url.href, 303);
  });
}

function page(reply: FastifyReply, title: string, content: string, formTargets = "'none'"): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .header(
      'content-security-policy',
      `default-src 'none'; style-src 'self'; base-uri 'none'; form-action ${formTargets}; frame-ancestors 'none'`,
    )
    .header('referrer-policy', 'no-referrer')
    .send(
      `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><link rel="stylesheet" href="/assets/page.css"><body class="bank"><main class="card"><h1>${title}</h1>${content}</main></body></html>`,
    );
}
