import { currentContext, type Logger, metrics, newContext, runInContext } from '@souk/runtime';
import { carrierCode } from '../domain/carriers.js';
import type { CarrierEvents, CarrierPort, CarrierStep, StoredCarrierEvent, WholeOrders } from './afterSalesPorts.js';
import type { WholeResult } from './changeWhole.js';
import type { Clock } from './ports.js';

export interface CarrierDeps {
  readonly carriers: ReadonlyMap<string, CarrierPort>;
  readonly carrierEvents: CarrierEvents;
  readonly whole: Pick<WholeOrders, 'byTrackingNumber'>;
  readonly deliver: (fulfillmentId: string, by: 'carrier', at: Date) => Promise<WholeResult>;
  readonly move: (fulfillmentId: string, step: 'MOVE' | 'SEND_BACK') => Promise<WholeResult>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const received = metrics.counter('souk_webhooks_received_total', 'Webhooks by what was done with them', [
  'provider',
  'outcome',
]);

/** Messages that one round works on. */
export const CARRIER_BATCH = 50;
const LEASE_MS = 15_000;
const RETRY_MS = 30_000;
const RETRY_MAX_MS = 3_600_000;
/** A parcel whose number nobody entered by then is not one of ours. */
const GIVE_UP_MS = 14 * 86_400_000;

/**
 * Takes a carrier's webhook: stores what it says, once per carrier and message, then applies it. Once this answers RECEIVED, it is
 * stored; if it cannot be applied yet (the parcel's number was not entered, the process dies), the sweeper goes on with it.
 */
export const receiveCarrierMessage =
  (deps: CarrierDeps) =>
  async (
    carrier: string,
    rawBody: Buffer,
    signature: string | undefined,
  ): Promise<'NO_SUCH_CARRIER' | 'REFUSED' | 'MALFORMED' | 'RECEIVED'> => {
    const port = deps.carriers.get(carrier);
    if (port === undefined) return 'NO_SUCH_CARRIER';
    const reading = port.read(rawBody, signature, deps.clock());
    if (reading.kind === 'IGNORED') {
      received.inc({ provider: carrier, outcome: 'ignored' });
      return 'RECEIVED';
    }
    if (reading.kind !== 'MESSAGE') {
      received.inc({ provider: carrier, outcome: reading.kind.toLowerCase() });
      deps.logger.warn({ carrier, reading: reading.kind }, 'a message of a carrier was refused');
      return reading.kind;
    }
    const { traceparent } = currentContext() ?? newContext('request');
    const stored = await deps.carrierEvents.store(carrier, reading.message, traceparent, LEASE_MS);
    received.inc({ provider: carrier, outcome: stored === undefined ? 'known' : 'stored' });
    if (stored !== undefined) await applyLogged(deps, stored);
    return 'RECEIVED';
  };

/** One round of the carriers' sweeper: messages that are due, each under the trace of its webhook. Answers how many. */
export const processCarrierEvents = (deps: CarrierDeps) => async (): Promise<number> => {
  const due = await deps.carrierEvents.claimDue(CARRIER_BATCH, LEASE_MS);
  for (const event of due) await applyLogged(deps, event);
  return due.length;
};

async function applyLogged(deps: CarrierDeps, event: StoredCarrierEvent): Promise<void> {
  const context = newContext('background', { traceparent: event.traceparent, actor: 'service:order' });
  const { carrier, eventId } = event;
  try {
    await runInContext(context, () => applyEvent(deps, event));
  } catch (error) {
    deps.logger.error({ err: error, carrier, eventId }, 'a message of a carrier could not be applied; tried again');
  }
}

/** Applies a message to its parcels (two orders may share one). Each step is legal once, so that applying it again does nothing. */
async function applyEvent(deps: CarrierDeps, event: StoredCarrierEvent): Promise<void> {
  const parcels = (await deps.whole.byTrackingNumber(event.trackingNumber)).filter(
    ({ carrier }) => carrier === null || carrierCode(carrier) === event.carrier,
  );
  if (parcels.length === 0) return wait(deps, event);
  for (const { id } of parcels) {
    const result = await step(deps, id, event.type, event.occurredAt);
    // What is illegal by now (delivered twice, sent back after it was cancelled) is old news; a busy order is tried again.
    if (!result.ok && result.errors.some(({ code }) => code === 'CONFLICT')) return wait(deps, event);
  }
  await deps.carrierEvents.settle(event, 'PROCESSED');
}

function step(deps: CarrierDeps, id: string, type: CarrierStep, at: Date): Promise<WholeResult> {
  switch (type) {
    case 'SHIPPED':
    case 'IN_TRANSIT':
      return deps.move(id, 'MOVE');
    case 'RETURNED_TO_SENDER':
      return deps.move(id, 'SEND_BACK');
    case 'DELIVERED':
      return deps.deliver(id, 'carrier', at);
  }
}

/** Staff may enter the number later; then it is looked at at once. */
async function wait(deps: CarrierDeps, event: StoredCarrierEvent): Promise<void> {
  const { carrier, eventId, attempts } = event;
  if (deps.clock().getTime() - event.receivedAt.getTime() > GIVE_UP_MS) {
    deps.logger.warn({ carrier, eventId }, 'a carrier told about a parcel that nobody has shipped');
    return deps.carrierEvents.settle(event, 'UNKNOWN');
  }
  await deps.carrierEvents.postpone(event, Math.min(RETRY_MS * 2 ** Math.min(attempts, 10), RETRY_MAX_MS));
}
