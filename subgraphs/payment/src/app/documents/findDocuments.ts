import type { Viewer } from '@souk/runtime';
import { viewerMaySee } from '../viewerMaySee.js';
import type { DocumentStore, IssuedDocument } from './documentPorts.js';

/** The documents of each order, oldest first; null for an order whose documents the viewer may not see. One statement. */
export const findOrderDocuments =
  (deps: { documents: Pick<DocumentStore, 'byOrderIds'> }) =>
  async (viewer: Viewer, orderIds: readonly string[]): Promise<(IssuedDocument[] | null)[]> => {
    const documents = await deps.documents.byOrderIds(orderIds);
    return orderIds.map((orderId) => {
      const own = documents.filter((document) => document.orderId === orderId);
      return own.every((document) => viewerMaySee(viewer, document)) ? own : null;
    });
  };
