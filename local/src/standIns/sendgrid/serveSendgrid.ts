import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Answer, describeFault, playFault, react, statusOf } from '../core/answer.js';
import type { Faults } from '../core/faults.js';
import { randomId } from '../core/randomId.js';
import type { RequestLog } from '../core/requestLog.js';
import { sameSecret } from '../core/sameSecret.js';
import type { Put, Store } from '../openStore.js';
import { packBody } from './mailBody.js';
import { MailFailure, mailError } from './mailFailure.js';
import { readMail } from './readMail.js';

/** SendGrid's limit for a whole message. */
const MAX_BYTES = 30 * 1024 * 1024;

/** SendGrid's POST /v3/mail/send: checks as the real one, keeps what it accepts in the mailbox. */
export function serveSendgrid(
  app: FastifyInstance,
  options: { apiKey: string; store: Store; faults: Faults; requests: RequestLog },
): void {
  const { store, faults, requests } = options;
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) =>
    react(reply, refusal(error.statusCode ?? 500, [mailError(error.message, null)])),
  );

  app.post('/v3/mail/send', { bodyLimit: MAX_BYTES }, async (request, reply) => {
    const messageId = randomId('', 22);
    const fault = faults.take('sendgrid', 'POST', '/v3/mail/send');
    const reaction = await playFault(
      fault,
      () => accept(request, messageId),
      (status) => refusal(status, [mailError('Internal Server Error (fault armed at the stand-in).', null)]),
    );
    requests.add({
      at: new Date().toISOString(),
      provider: 'sendgrid',
      method: 'POST',
      path: '/v3/mail/send',
      status: statusOf(reaction),
      requestId: messageId,
      idempotencyKey: null,
      replayed: false,
      fault: describeFault(fault),
    });
    return react(reply as FastifyReply, reaction);
  });

  const accept = (request: FastifyRequest, messageId: string): Answer => {
    const authorization = request.headers.authorization ?? '';
    if (authorization === '') return refusal(401, [mailError('Permission denied, wrong credentials', null)]);
    if (!sameSecret(authorization, `Bearer ${options.apiKey}`)) {
      return refusal(401, [mailError('The provided authorization grant is invalid, expired, or revoked', null)]);
    }
    try {
      const now = new Date();
      const mails = readMail(request.body, Math.floor(now.getTime() / 1000));
      if (mails.every((mail) => mail.sandbox)) return { status: 200, headers: { 'x-message-id': messageId }, body: '' };
      store.commit(
        mails.map(
          ({ sandbox: _, text, html, ...mail }, index): Put => [
            'mail',
            {
              id: index === 0 ? messageId : `${messageId}.${index}`,
              messageId,
              at: now.toISOString(),
              ...mail,
              requestHeaders: tellingHeaders(request),
              text: packBody(text),
              html: packBody(html),
            },
          ],
        ),
      );
      return { status: 202, headers: { 'x-message-id': messageId }, body: '' };
    } catch (error) {
      if (error instanceof MailFailure) return refusal(error.status, error.errors);
      throw error;
    }
  };
}

/** Headers by which a test recognizes an attempt; never the authorization. */
function tellingHeaders(request: FastifyRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      typeof value === 'string' && (name.startsWith('x-') || name === 'idempotency-key' || name === 'traceparent')
        ? [[name, value]]
        : [],
    ),
  );
}

function refusal(status: number, errors: readonly object[]): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ errors }) };
}
