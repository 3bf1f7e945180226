import { type EventEnvelope, type EventOf, events, newEvent } from '@souk/events';
import type { Clock } from './ports.js';

export interface PersonalData {
  /** Deletes a customer's carts, those that became orders excepted, and publishes; once per event, in one statement. */
  eraseCustomer(eventId: string, customerId: string, published: readonly EventEnvelope[]): Promise<void>;
  /** Deletes the cart of an order and what its checkout answered; once per event, in one statement. */
  eraseOrder(eventId: string, orderId: string, cartId: string | null): Promise<void>;
  /** What is known about a customer: at most so many carts, the newest. */
  exported(customerId: string, entries: number): Promise<object>;
}

export interface PersonalDataDeps {
  readonly personalData: PersonalData;
  readonly now: Clock;
  /** Hands this service's part of an export to the user service, and notes the event as applied. Throws ServiceUnavailable. */
  readonly deliverExportPart: (
    event: EventOf<typeof events.accountExportRequested>,
    read: (entries: number) => Promise<object>,
  ) => Promise<void>;
}

/**
 * Erases who has deleted his account: his carts go. Those that became orders go with these, by `order.erased`. Publishes `account.erased`
 * with it, each time it is told.
 */
export const eraseCustomer =
  (deps: Pick<PersonalDataDeps, 'personalData' | 'now'>) =>
  async ({ id, data }: EventOf<typeof events.accountErasureRequested>): Promise<void> => {
    const { userId, erasureId } = data;
    const now = deps.now();
    const erased = newEvent(events.accountErased, {
      aggregateId: userId,
      sequence: 0,
      data: { userId, erasureId, service: 'cart' },
      now,
    });
    await deps.personalData.eraseCustomer(id, userId, [erased]);
  };

/** Erases what is left of an order that no longer says whose it was. */
export const eraseOrder =
  (deps: Pick<PersonalDataDeps, 'personalData'>) =>
  ({ id, data }: EventOf<typeof events.orderErased>): Promise<void> =>
    deps.personalData.eraseOrder(id, data.orderId, data.cartId);

/** Hands over what is known about a customer. */
export const exportPersonalData =
  (deps: Pick<PersonalDataDeps, 'personalData' | 'deliverExportPart'>) =>
  (event: EventOf<typeof events.accountExportRequested>): Promise<void> =>
    deps.deliverExportPart(event, (entries) => deps.personalData.exported(event.data.userId, entries));
