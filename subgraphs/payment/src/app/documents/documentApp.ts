import type { Logger } from '@souk/runtime';
import type { Seller } from '../../domain/documents/document.js';
import type { Clock, Providers } from '../ports.js';
import { createDocumentLinks } from './documentLinks.js';
import type { DocumentFormat, DocumentRenderers, DocumentStore, InvoiceOrderPort } from './documentPorts.js';
import { findOrderDocuments } from './findDocuments.js';
import { issueDocuments } from './issueDocuments.js';
import { archiveDocument, openDocument } from './openDocument.js';
import { followCancellationInDocuments, followEditInDocuments, requestInvoice } from './requestInvoice.js';

export interface DocumentAppDeps {
  readonly documents: DocumentStore;
  readonly invoiceOrders: InvoiceOrderPort;
  readonly renderers: DocumentRenderers;
  readonly providers: Providers;
  readonly seller: Seller;
  /** Of the legal entity's document numbers: SOUK. */
  readonly numberPrefix: string;
  /** What the key of links to documents is derived from. */
  readonly linkSecret: string;
  /** Origin of the shop's endpoint, which links lead to. */
  readonly publicUrl: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Everything that is done with invoices, receipts and credit notes. */
export function createDocumentApp(base: DocumentAppDeps) {
  const links = createDocumentLinks({ secret: base.linkSecret, publicUrl: base.publicUrl });
  const deps = { ...base, links };
  return {
    requestInvoice: requestInvoice(deps),
    followEditInDocuments: followEditInDocuments(deps),
    followCancellationInDocuments: followCancellationInDocuments(deps),
    issueDocuments: issueDocuments(deps),
    archiveDocument: archiveDocument(deps),
    openDocument: openDocument(deps),
    findOrderDocuments: findOrderDocuments(deps),
    documentUrl: (documentId: string, format: DocumentFormat) => links.urlOf(documentId, format, base.clock()),
  };
}
