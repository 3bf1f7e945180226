import type { FastifyInstance } from 'fastify';
import type { FaultEffect, Faults } from '../core/faults.js';
import { ControlFailure } from './controlFailure.js';
import { type Fields, readFields } from './readBody.js';

const MOST = 1_000_000;

/** POST /control/faults arms one, GET lists those armed, DELETE disarms all. */
export function faultControls(app: FastifyInstance, faults: Faults): void {
  app.get('/control/faults', () => ({ faults: faults.list() }));

  app.delete('/control/faults', () => {
    faults.clear();
    return { faults: [] };
  });

  app.post('/control/faults', (request, reply) => {
    const fields = readFields(request.body, [
      'provider',
      'kind',
      'times',
      'method',
      'path',
      'status',
      'when',
      'remembered',
      'delayMs',
      'declineCode',
    ]);
    const provider = fields.oneOf('provider', ['stripe', 'paypal', 'sendgrid', 'twilio']);
    if (provider === undefined) {
      throw new ControlFailure(400, 'provider must be one of stripe, paypal, sendgrid, twilio.');
    }
    const effect = readEffect(fields);
    if (effect.kind === 'decline' && provider !== 'stripe' && provider !== 'paypal') {
      throw new ControlFailure(400, 'Only Stripe and PayPal decline.');
    }
    if (effect.kind === 'error' && effect.remembered && provider !== 'stripe') {
      throw new ControlFailure(400, 'Only Stripe remembers failures under an idempotency key.');
    }
    const method = fields.text('method')?.toUpperCase();
    const path = fields.text('path');
    reply.code(201);
    return faults.arm({
      provider,
      effect,
      times: fields.integer('times', { min: 1, max: MOST }) ?? 1,
      ...(method === undefined ? {} : { method }),
      ...(path === undefined ? {} : { path }),
    });
  });
}

function readEffect(fields: Fields): FaultEffect {
  const kind = fields.oneOf('kind', ['error', 'hang', 'close', 'slow', 'decline']);
  const when = fields.oneOf('when', ['before', 'after']);
  switch (kind) {
    case 'error':
      return {
        kind,
        status: fields.integer('status', { min: 400, max: 599 }) ?? 500,
        when: when ?? 'before',
        remembered: fields.flag('remembered') ?? false,
      };
    case 'hang':
    case 'close':
      return { kind, when: when ?? 'after' };
    case 'slow':
      return { kind, delayMs: fields.integer('delayMs', { min: 1, max: 600_000 }) ?? 2_000 };
    case 'decline':
      return { kind, declineCode: fields.text('declineCode') ?? 'generic_decline' };
    case undefined:
      throw new ControlFailure(400, 'kind must be one of error, hang, close, slow, decline.');
  }
}
