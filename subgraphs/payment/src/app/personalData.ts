import { type EventEnvelope, type EventOf, events, newEvent } from '@souk/events';
import type { Clock } from './ports.js';

export interface PersonalData {
  /**
   * Forgets a customer and his saved methods: what is known of a method goes at once, and it is to be removed at its provider. What he is
   * paying now saves no method any more.
   */
  forget(customerId: string): Promise<void>;
  /** Publishes, once per event, when no method of the customer is left to be removed at a provider. False: some are. */
  close(eventId: string, customerId: string, published: readonly EventEnvelope[]): Promise<boolean>;
  /** What is known about a customer: at most so many payments, the newest. */
  exported(customerId: string, entries: number): Promise<object>;
}

export interface PersonalDataDeps {
  readonly personalData: PersonalData;
  readonly clock: Clock;
  /** One round of removing methods at their providers. */
  readonly removeMethods: () => Promise<boolean>;
  /** Hands this service's part of an export to the user service, and notes the event as applied. Throws ServiceUnavailable. */
  readonly deliverExportPart: (
    event: EventOf<typeof events.accountExportRequested>,
    read: (entries: number) => Promise<object>,
  ) => Promise<void>;
}

/**
 * Erases who has deleted his account: saved payment methods go, here and at their providers, and who he was there. Publishes `account.erased`
 * when they are gone there too; rejects until then, and is called again. Payments name nobody; documents keep what the law wants kept
 * (docs/decisions/0011).
 */
export const eraseCustomer =
  (deps: Pick<PersonalDataDeps, 'personalData' | 'clock' | 'removeMethods'>) =>
  async ({ id, data }: EventOf<typeof events.accountErasureRequested>): Promise<void> => {
    const { userId, erasureId } = data;
    await deps.personalData.forget(userId);
    await deps.removeMethods();
    const now = deps.clock();
    const erased = newEvent(events.accountErased, {
      aggregateId: userId,
      sequence: 0,
      data: { userId, erasureId, service: 'payment' },
      now,
    });
    if (!(await deps.personalData.close(id, userId, [erased]))) {
      throw new Error('saved methods are still to be removed at their provider');
    }
  };

/** Hands over what is known about a customer. */
export const exportPersonalData =
  (deps: Pick<PersonalDataDeps, 'personalData' | 'deliverExportPart'>) =>
  (event: EventOf<typeof events.accountExportRequested>): Promise<void> =>
    deps.deliverExportPart(event, (entries) => deps.personalData.exported(event.data.userId, entries));
