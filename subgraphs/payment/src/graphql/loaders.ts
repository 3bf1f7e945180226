import type { Viewer } from '@souk/runtime';
import DataLoader from 'dataloader';
import type { App } from '../app/index.js';
import type { SavedMethod } from '../app/ports.js';
import type { Dispute } from '../domain/decideDispute.js';
import type { IssuedDocument } from '../domain/documents/document.js';
import type { PaymentView } from '../domain/payment.js';

export interface Loaders {
  /** Payments that the viewer may see; one statement per request, with or without their history. */
  payment(history: boolean): DataLoader<string, PaymentView | undefined>;
  /** The payments of orders; null where the viewer may not see them. One statement per request. */
  ofOrder(history: boolean): DataLoader<string, PaymentView[] | null>;
  /** The disputes of payments; who may see them is checked before. One statement per request. */
  readonly disputesOf: DataLoader<string, Dispute[]>;
  /** The documents of orders; null where the viewer may not see them. One statement per request. */
  readonly documentsOfOrder: DataLoader<string, IssuedDocument[] | null>;
  /** Saved payment methods of users; null for others than the viewer. One statement per request. */
  readonly methodsOfUser: DataLoader<string, readonly SavedMethod[] | null>;
}

/** Loaders of one request. */
export function createLoaders(app: App, viewer: Viewer): Loaders {
  const payments = twice(
    (history) => new DataLoader((ids: readonly string[]) => app.findPayments(viewer, ids, history)),
  );
  const ofOrders = twice(
    (history) => new DataLoader((orderIds: readonly string[]) => app.findOrderPayments(viewer, orderIds, history)),
  );
  return {
    payment: payments,
    ofOrder: ofOrders,
    disputesOf: new DataLoader((paymentIds: readonly string[]) => app.findDisputes(paymentIds)),
    documentsOfOrder: new DataLoader((orderIds: readonly string[]) => app.findOrderDocuments(viewer, orderIds)),
    methodsOfUser: new DataLoader((userIds: readonly string[]) => app.findMethods(viewer, userIds)),
  };
}

/** One loader without and one with the history, each made when first needed. */
function twice<T>(make: (history: boolean) => T): (history: boolean) => T {
  const made = new Map<boolean, T>();
  return (history) => {
    const known = made.get(history) ?? make(history);
    made.set(history, known);
    return known;
  };
}
