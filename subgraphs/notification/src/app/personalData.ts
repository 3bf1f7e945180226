import { type EventEnvelope, type EventOf, events, newEvent } from '@souk/events';

export interface PersonalData {
  /** Forgets the addresses of all messages to a user, and publishes; once per event, in one statement. */
  eraseUser(eventId: string, userId: string, published: readonly EventEnvelope[]): Promise<void>;
  /** Forgets the addresses of all messages about an order; once per event, in one statement. */
  eraseOrder(eventId: string, orderId: string): Promise<void>;
  /** What is known about a user: at most so many messages, the newest. */
  exported(userId: string, entries: number): Promise<object>;
}

export interface PersonalDataDeps {
  readonly personalData: PersonalData;
  /** Hands this service's part of an export to the user service, and notes the event as applied. Throws ServiceUnavailable. */
  readonly deliverExportPart: (
    event: EventOf<typeof events.accountExportRequested>,
    read: (entries: number) => Promise<object>,
  ) => Promise<void>;
}

/**
 * Erases who has deleted his account: the addresses that messages went to, now and of attempts that still run. Publishes `account.erased`
 * with it, each time it is told. Messages about orders that are under way are still sent, and forgotten with these, by `order.erased`.
 */
export const eraseUser =
  (deps: Pick<PersonalDataDeps, 'personalData'>) =>
  ({ id, data }: EventOf<typeof events.accountErasureRequested>): Promise<void> => {
    const { userId, erasureId } = data;
    const erased = newEvent(events.accountErased, {
      aggregateId: userId,
      sequence: 0,
      data: { userId, erasureId, service: 'notification' },
    });
    return deps.personalData.eraseUser(id, userId, [erased]);
  };

/** Erases whom an order was written to about, since it no longer says whose it was. */
export const eraseOrder =
  (deps: Pick<PersonalDataDeps, 'personalData'>) =>
  ({ id, data }: EventOf<typeof events.orderErased>): Promise<void> =>
    deps.personalData.eraseOrder(id, data.orderId);

/** Hands over what is known about a user. */
export const exportPersonalData =
  (deps: Pick<PersonalDataDeps, 'personalData' | 'deliverExportPart'>) =>
  (event: EventOf<typeof events.accountExportRequested>): Promise<void> =>
    deps.deliverExportPart(event, (entries) => deps.personalData.exported(event.data.userId, entries));
