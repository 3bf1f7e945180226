import type { FastifyInstance } from 'fastify';
import type { Store } from '../openStore.js';
import { segments } from '../twilio/renderMessage.js';
import { readFields } from './readBody.js';
import { readSince } from './readSince.js';

/** GET /control/messages?to=&since=&limit= (newest first), DELETE /control/messages. */
export function messageControls(app: FastifyInstance, store: Store): void {
  app.get('/control/messages', (request) => {
    const fields = readFields(request.query, ['to', 'since', 'limit']);
    const to = fields.text('to');
    const since = readSince(fields);
    const limit = fields.integer('limit', { min: 1, max: 5_000 }) ?? 100;
    const matching = store
      .list('message')
      .filter((message) => (to === undefined || message.to === to) && message.at >= since);
    return {
      total: matching.length,
      messages: matching.slice(0, limit).map((message) => ({ ...message, segments: segments(message.body) })),
    };
  });

  app.delete('/control/messages', () => {
    store.reset(['messages']);
    return { reset: ['messages'] };
  });
}
