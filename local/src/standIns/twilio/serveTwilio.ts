import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Answer, describeFault, playFault, react, statusOf } from '../core/answer.js';
import type { Faults } from '../core/faults.js';
import { type Form, parseForm } from '../core/form.js';
import { randomSid } from '../core/randomId.js';
import type { RequestLog } from '../core/requestLog.js';
import { sameSecret } from '../core/sameSecret.js';
import type { Store } from '../openStore.js';
import type { MessageRecord } from './messageRecord.js';
import { readMessage } from './readMessage.js';
import { renderMessage } from './renderMessage.js';
import { notFound, TwilioFailure } from './twilioFailure.js';

const VERSION = '2010-04-01';
const PAGE_SIZE = 50;

/** Twilio's Messages resource: create, fetch and list, with Basic authentication. */
export function serveTwilio(
  app: FastifyInstance,
  options: { accountSid: string; authToken: string; store: Store; faults: Faults; requests: RequestLog },
): void {
  const { store, faults, requests, accountSid } = options;
  const base = `/${VERSION}/Accounts/:account`;
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) =>
    done(null, body),
  );
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    return react(reply, refusal({ status, code: 20001, message: error.message }));
  });

  const handle =
    (act: (request: FastifyRequest, query: Form) => Answer) => async (request: FastifyRequest, reply: FastifyReply) => {
      const [path = '', query = ''] = request.url.split('?');
      const requestId = randomSid('RQ');
      const fault = faults.take('twilio', request.method, path);
      const reaction = await playFault(
        fault,
        () => {
          try {
            authenticate(request);
            return act(request, parseForm(query));
          } catch (error) {
            if (error instanceof TwilioFailure) return refusal(error);
            throw error;
          }
        },
        (status) => refusal({ status, code: 20500, message: 'Internal Server Error (fault armed at the stand-in).' }),
      );
      requests.add({
        at: new Date().toISOString(),
        provider: 'twilio',
        method: request.method,
        path,
        status: statusOf(reaction),
        requestId,
        idempotencyKey: tokenOf(request),
        replayed: false,
        fault: describeFault(fault),
      });
      return react(reply.header('twilio-request-id', requestId), reaction);
    };

  const authenticate = (request: FastifyRequest): void => {
    const expected = `Basic ${Buffer.from(`${accountSid}:${options.authToken}`).toString('base64')}`;
    if (!sameSecret(request.headers.authorization ?? '', expected)) {
      throw new TwilioFailure(401, 20003, 'Authenticate');
    }
    if ((request.params as { account: string }).account !== accountSid) throw notFound(request.url);
  };

  app.post(
    `${base}/Messages.json`,
    handle((request) => {
      const read = readMessage(parseForm(typeof request.body === 'string' ? request.body : ''));
      const message: MessageRecord = {
        id: randomSid('SM'),
        at: new Date().toISOString(),
        ...read,
        idempotencyToken: tokenOf(request),
      };
      store.commit([['message', message]]);
      return json(201, renderMessage(message, accountSid, 'queued'));
    }),
  );

  app.get(
    `${base}/Messages/:file`,
    handle((request) => {
      const { file } = request.params as { file: string };
      const message = file.endsWith('.json') ? store.get('message', file.slice(0, -5)) : undefined;
      if (message === undefined) throw notFound(request.url);
      return json(200, renderMessage(message, accountSid, 'delivered'));
    }),
  );

  app.get(
    `${base}/Messages.json`,
    handle((request, query) => {
      const size = Math.min(1_000, Math.max(1, Number(query.PageSize) || PAGE_SIZE));
      const page = Math.max(0, Number(query.Page) || 0);
      const matching = store
        .list('message')
        .filter(
          (message) =>
            (query.To === undefined || message.to === query.To) &&
            (query.From === undefined || message.from === query.From),
        );
      const url = request.url.split('?')[0] ?? '';
      const uri = (number: number): string => {
        const parameters = new URLSearchParams({ PageSize: String(size), Page: String(number) });
        for (const name of ['To', 'From']) {
          const value = query[name];
          if (typeof value === 'string') parameters.set(name, value);
        }
        return `${url}?${parameters}`;
      };
      const last = Math.max(0, Math.ceil(matching.length / size) - 1);
      return json(200, {
        messages: matching
          .slice(page * size, (page + 1) * size)
          .map((message) => renderMessage(message, accountSid, 'delivered')),
        first_page_uri: uri(0),
        next_page_uri: page < last ? uri(page + 1) : null,
        previous_page_uri: page > 0 ? uri(page - 1) : null,
        uri: uri(page),
        page,
        page_size: size,
        start: page * size,
        end: Math.min(matching.length, (page + 1) * size) - 1,
      });
    }),
  );
}

function tokenOf(request: FastifyRequest): string | null {
  const token = request.headers['i-twilio-idempotency-token'];
  return typeof token === 'string' ? token : null;
}

function json(status: number, body: object): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** Twilio's error body. */
export function refusal(error: { status: number; code: number; message: string }): Answer {
  const { status, code, message } = error;
  return json(status, { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status });
}
