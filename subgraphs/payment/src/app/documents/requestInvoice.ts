import type { EventOf, events } from '@souk/events';
import type { DocumentStore } from './documentPorts.js';

/**
 * An order was confirmed: its invoice is asked for, once. It is confirmed when it is paid or its payment is promised (authorized,
 * cash on delivery): from then on it is a sale that goods are sent for, which a capture alone is not; money that comes too late
 * for its order, and goes back, is never invoiced.
 */
export const requestInvoice =
  (deps: { documents: Pick<DocumentStore, 'requestInvoice'> }) => (event: EventOf<typeof events.orderConfirmed>) =>
    deps.documents.requestInvoice(event.data.orderId, event.id);
