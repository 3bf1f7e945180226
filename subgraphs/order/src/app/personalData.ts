import { type EventEnvelope, type EventOf, events, newEvent } from '@souk/events';
import { newContext, runInContext } from '@souk/runtime';
import type { Clock } from './ports.js';

/** Customers that one round looks at, and orders of one of them that one transaction erases. */
export const ERASURE_BATCH = 50;
const ORDERS_AT_ONCE = 200;

export interface ErasedOrder {
  readonly id: string;
  readonly cartId: string | null;
  /** After it was erased. */
  readonly version: number;
}

/** What is to be erased of somebody who has deleted his account. */
export interface CustomerErasure {
  readonly customerId: string;
  readonly erasureId: string;
}

export interface PersonalData {
  /** Notes, with the event's inbox row, that a customer is to be erased; again when he was before. */
  request(event: EventOf<typeof events.accountErasureRequested>): Promise<void>;
  /** Customers of whom something can be erased now, or of whom nothing is left to erase. */
  due(limit: number): Promise<CustomerErasure[]>;
  /** Erases the drafts of a customer and at most so many of his orders that are over, and publishes, in one transaction. Answers how many. */
  erase(
    customerId: string,
    now: Date,
    limit: number,
    publish: (orders: readonly ErasedOrder[]) => readonly EventEnvelope[],
  ): Promise<number>;
  /**
   * Closes an erasure and publishes, as soon as no order of the customer is left and what was told about them has been applied by everybody.
   * False: not yet, or it was closed before.
   */
  close(erasure: CustomerErasure, now: Date, published: readonly EventEnvelope[]): Promise<boolean>;
  /** What is known about a customer: at most so many orders, the newest. */
  exported(customerId: string, entries: number): Promise<object>;
}

export interface PersonalDataDeps {
  readonly personalData: PersonalData;
  readonly clock: Clock;
  /** Starts a round of erasing now. */
  readonly wakeErasing: () => void;
  /** Hands this service's part of an export to the user service, and notes the event as applied. Throws ServiceUnavailable. */
  readonly deliverExportPart: (
    event: EventOf<typeof events.accountExportRequested>,
    read: (entries: number) => Promise<object>,
  ) => Promise<void>;
}

/** Remembers that a customer is to be erased; the rounds of {@link eraseCustomers} do it. */
export const requestErasure =
  (deps: Pick<PersonalDataDeps, 'personalData' | 'wakeErasing'>) =>
  async (event: EventOf<typeof events.accountErasureRequested>): Promise<void> => {
    await deps.personalData.request(event);
    deps.wakeErasing();
  };

/**
 * One round of erasing customers who have deleted their accounts: orders that are over lose e-mail, names, addresses, telephone numbers and
 * everybody's notes, and keep what was bought and what it cost; drafts go. Published for each order: `order.erased`. An order that is under
 * way waits until it is over. When nothing is left, and nobody else has anything left of these orders, `account.erased` is published.
 * Every step is one transaction and can be repeated. Answers whether there may be more.
 */
export const eraseCustomers =
  (deps: Pick<PersonalDataDeps, 'personalData' | 'clock'>) => async (): Promise<boolean> => {
    const due = await deps.personalData.due(ERASURE_BATCH);
    for (const erasure of due) {
      await runInContext(newContext('background', { actor: 'service:order' }), () => eraseOne(deps, erasure));
    }
    return due.length === ERASURE_BATCH;
  };

async function eraseOne(deps: Pick<PersonalDataDeps, 'personalData' | 'clock'>, erasure: CustomerErasure) {
  const { customerId, erasureId } = erasure;
  for (let erased = ORDERS_AT_ONCE; erased === ORDERS_AT_ONCE; ) {
    const now = deps.clock();
    erased = await deps.personalData.erase(customerId, now, ORDERS_AT_ONCE, (orders) =>
      orders.map(({ id, cartId, version }) =>
        newEvent(events.orderErased, { aggregateId: id, sequence: version, data: { orderId: id, cartId }, now }),
      ),
    );
  }
  const now = deps.clock();
  const data = { userId: customerId, erasureId, service: 'order' };
  const told = newEvent(events.accountErased, { aggregateId: customerId, sequence: 0, data, now });
  await deps.personalData.close(erasure, now, [told]);
}

/** Hands over what is known about a customer. */
export const exportPersonalData =
  (deps: Pick<PersonalDataDeps, 'personalData' | 'deliverExportPart'>) =>
  (event: EventOf<typeof events.accountExportRequested>): Promise<void> =>
    deps.deliverExportPart(event, (entries) => deps.personalData.exported(event.data.userId, entries));
