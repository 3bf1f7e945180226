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

/**
 * An order was edited after placing. One that became dearer gets an invoice of what was added; one that became cheaper gets a credit
 * note, unless what was paid goes back: then the refund's credit note says it. An order that has no invoice yet gets one that has the
 * edit in it.
 */
export const followEditInDocuments =
  (deps: { documents: Pick<DocumentStore, 'requestForEdit'> }) => (event: EventOf<typeof events.orderEdited>) => {
    const { orderId, editId, totalCentAmount, previousTotalCentAmount } = event.data;
    return deps.documents.requestForEdit({
      orderId,
      editId,
      eventId: event.id,
      addedCents: totalCentAmount - previousTotalCentAmount,
      orderVersion: event.sequence,
    });
  };

/** An order was cancelled: if it was invoiced and not paid, the invoice is taken back by a credit note. */
export const followCancellationInDocuments =
  (deps: { documents: Pick<DocumentStore, 'requestCorrection'> }) => (event: EventOf<typeof events.orderCancelled>) =>
    deps.documents.requestCorrection(event.data.orderId, event.id);
