import type { FastifyInstance } from 'fastify';
import type { Store } from '../openStore.js';
import { unpackBody } from '../sendgrid/mailBody.js';
import type { MailRecord } from '../sendgrid/mailRecord.js';
import { ControlFailure } from './controlFailure.js';
import { readFields } from './readBody.js';
import { readSince } from './readSince.js';

/**
 * A mail is shown in a sandbox: no scripts, no forms, nothing loaded but what is inside of it or on this machine. Links
 * open in a new tab, which is how a demo follows a "verify your address" link.
 */
const MAIL_POLICY =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data: http://127.0.0.1:* http://localhost:*; frame-ancestors 'self'; base-uri 'self'";

/**
 * GET /control/mail?to=&since=&category=&subject=&arg.<name>=<value>&limit=&bodies= (newest first, `total` counts all that
 * match, `mayHaveForgotten` tells that older ones may be gone), GET /control/mail/:id, GET /control/mail/:id/html, DELETE /control/mail.
 */
export function mailControls(app: FastifyInstance, store: Store): void {
  app.get('/control/mail', (request) => {
    const fields = readFields(request.query, ['to', 'since', 'category', 'subject', 'arg.', 'limit', 'bodies']);
    const to = fields.text('to')?.toLowerCase();
    const since = readSince(fields);
    const category = fields.text('category');
    const subject = fields.text('subject')?.toLowerCase();
    const args = Object.entries(fields.prefixed('arg.'));
    const limit = fields.integer('limit', { min: 1, max: 10_000 }) ?? 100;
    const bodies = fields.flag('bodies') ?? false;
    const matching = store
      .list('mail')
      .filter(
        (mail) =>
          (to === undefined || recipients(mail).includes(to)) &&
          mail.at >= since &&
          (category === undefined || mail.categories.includes(category)) &&
          (subject === undefined || mail.subject.toLowerCase().includes(subject)) &&
          args.every(([name, value]) => mail.customArgs[name] === value),
      );
    return {
      total: matching.length,
      mayHaveForgotten: store.mayHaveForgotten('mail'),
      mails: matching.slice(0, limit).map((mail) => (bodies ? whole(mail) : brief(mail))),
    };
  });

  app.get('/control/mail/:id', (request) => whole(find(store, request.params)));

  app.get('/control/mail/:id/html', (request, reply) => {
    const mail = find(store, request.params);
    const html = unpackBody(mail.html) ?? `<pre>${escapeHtml(unpackBody(mail.text) ?? '')}</pre>`;
    return reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', MAIL_POLICY)
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'no-referrer')
      .send(withBlankTarget(html));
  });

  app.delete('/control/mail', () => {
    store.reset(['mail']);
    return { reset: ['mail'] };
  });
}

function find(store: Store, params: unknown): MailRecord {
  const { id } = params as { id: string };
  const mail = store.get('mail', id);
  if (mail === undefined) throw new ControlFailure(404, `There is no mail ${id}.`);
  return mail;
}

const recipients = (mail: MailRecord): string[] =>
  [...mail.to, ...mail.cc, ...mail.bcc].map(({ email }) => email.toLowerCase());

function brief(mail: MailRecord): object {
  const { text: _, html: __, ...rest } = mail;
  return rest;
}

const whole = (mail: MailRecord): object => ({ ...mail, text: unpackBody(mail.text), html: unpackBody(mail.html) });

/** After the doctype, which has to be first for the browser to use its standards mode. */
function withBlankTarget(html: string): string {
  const base = '<base target="_blank">';
  const head = /<head[^>]*>/i.exec(html);
  if (head === null) return /^\s*<!doctype/i.test(html) ? html : `<!doctype html>${base}${html}`;
  const end = head.index + head[0].length;
  return html.slice(0, end) + base + html.slice(end);
}

/** Text as HTML. */
export const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
