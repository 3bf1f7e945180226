import type { FastifyInstance, FastifyReply } from 'fastify';
import { escapeHtml } from '../control/mailControls.js';
import { parseForm } from '../core/form.js';
import type { Store } from '../openStore.js';
import { authenticateIntent } from '../stripe/authenticateIntent.js';
import { StripeFailure } from '../stripe/failure.js';
import { money } from '../stripe/params.js';
import type { PaymentIntentRecord } from '../stripe/records.js';
import type { StripeEngine } from '../stripe/stripeEngine.js';

/** The bank's page of a test payment: GET shows it, POST with `outcome` passes or fails and sends the shopper back. */
export function serveThreeDSecure(app: FastifyInstance, options: { store: Store; engine: StripeEngine }): void {
  const { store, engine } = options;
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) =>
    done(null, body),
  );

  const find = (params: unknown, query: unknown): PaymentIntentRecord | undefined => {
    const intent = store.get('payment_intent', (params as { id: string }).id);
    return intent?.clientSecret === (query as { client_secret?: string }).client_secret ? intent : undefined;
  };

  app.get('/3d-secure/:id', (request, reply) => {
    const intent = find(request.params, request.query);
    if (intent === undefined) return page(reply.code(404), 'Not found', '<p>There is no such payment.</p>');
    if (intent.authentication === null) {
      return page(reply, 'Nothing to confirm', `<p>This payment is <strong>${intent.status}</strong>.</p>`);
    }
    const returnUrl = intent.authentication.returnUrl;
    return page(
      reply,
      '3-D Secure test',
      `<p>Your bank asks you to confirm a payment of <strong>${escapeHtml(money(intent.amount, intent.currency))}</strong>.</p>
      <form method="post">
        <button name="outcome" value="succeed" class="primary">Complete authentication</button>
        <button name="outcome" value="fail">Fail authentication</button>
      </form>`,
      returnUrl === null ? "'self'" : `'self' ${new URL(returnUrl).origin}`,
    );
  });

  app.post('/3d-secure/:id', (request, reply) => {
    const intent = find(request.params, request.query);
    if (intent === undefined) return page(reply.code(404), 'Not found', '<p>There is no such payment.</p>');
    const outcome = parseForm(String(request.body ?? '')).outcome === 'fail' ? 'fail' : 'succeed';
    const now = Math.floor(Date.now() / 1000);
    try {
      const done = authenticateIntent(store, intent, outcome, now);
      engine.commit(done, { now, requestId: null, idempotencyKey: null });
      const returnUrl = intent.authentication?.returnUrl ?? null;
      const failed = done.intent.status === 'requires_payment_method';
      if (returnUrl !== null) return reply.redirect(back(returnUrl, intent, failed), 303);
      return page(
        reply,
        failed ? 'Authentication failed' : 'Authenticated',
        `<p>The payment is <strong>${done.intent.status}</strong>. You can close this page.</p>`,
      );
    } catch (error) {
      if (!(error instanceof StripeFailure)) throw error;
      return page(reply.code(error.status), 'Nothing to confirm', `<p>${escapeHtml(error.message)}</p>`);
    }
  });
}

/** The shop's page with what Stripe adds to it. */
function back(returnUrl: string, intent: PaymentIntentRecord, failed: boolean): string {
  const url = new URL(returnUrl);
  url.searchParams.set('payment_intent', intent.id);
  url.searchParams.set('payment_intent_client_secret', intent.clientSecret);
  url.searchParams.set('redirect_status', failed ? 'failed' : 'succeeded');
  return url.href;
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
