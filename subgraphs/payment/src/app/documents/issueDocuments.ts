import { type Logger, newId, ServiceUnavailable } from '@souk/runtime';
import { withBuyer } from '../../domain/documents/buyerOf.js';
import type { DocumentModel, IssuedDocument, Referable, Seller } from '../../domain/documents/document.js';
import { seriesLabel } from '../../domain/documents/documentNumber.js';
import { invoiceOf, invoiceOfEdit, type OrderForInvoice } from '../../domain/documents/invoice.js';
import {
  cancellationOf,
  correctionOf,
  creditNoteOf,
  type Movement,
  receiptOf,
} from '../../domain/documents/moneyDocuments.js';
import type { Clock, Providers } from '../ports.js';
import {
  DocumentConflict,
  type DocumentDraft,
  type DocumentRequest,
  type DocumentStore,
  type InvoiceOrderPort,
  type RequestedMovement,
} from './documentPorts.js';

export interface IssueDocumentsDeps {
  readonly documents: DocumentStore;
  readonly invoiceOrders: InvoiceOrderPort;
  readonly providers: Providers;
  readonly seller: Seller;
  /** Of the legal entity's numbers: SOUK. */
  readonly numberPrefix: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Requests of one round. */
const BATCH = 50;

/**
 * One round of issuing: everything that is due gets its document, invoices first, since credit notes refer to them. A request
 * and its document are settled in one statement, so a crash at any line leaves both or none, and a number is used exactly once.
 * What cannot be issued now (the order service is away, the invoice is not there yet) comes again. Answers whether there may
 * be more.
 */
export const issueDocuments = (deps: IssueDocumentsDeps) => async (): Promise<boolean> => {
  const requests = await deps.documents.take(BATCH);
  if (requests.length === 0) return false;
  const orderIds = [...new Set(requests.map((request) => request.orderId))];
  const [told, issued] = await Promise.all([readOrders(deps, orderIds), deps.documents.byOrderIds(orderIds)]);
  if (told === undefined) {
    await deps.documents.failed(
      requests.map((request) => request.source),
      'ORDERS_AWAY',
    );
    return false;
  }
  const modelsOf = (orderId: string) => issued.filter((one) => one.orderId === orderId).map(({ model }) => model);
  const orders = new Map([...told].map(([id, order]) => [id, withBuyer(order, modelsOf(id))]));

  const invoices = await issue(
    deps,
    drafted(
      deps,
      requests.filter(isInvoice),
      inTurn((request) => invoiceDraft(deps, request, orders, issued)),
    ),
  );
  const known = [...issued, ...invoices];
  await requestMissingInvoices(deps, requests, orders, known);
  await issue(
    deps,
    drafted(
      deps,
      requests.filter((request) => !isInvoice(request)),
      inTurn((request) => moneyDraft(deps, request, orders, known)),
    ),
  );
  return requests.length === BATCH;
};

const isInvoice = (request: DocumentRequest): boolean => request.kind === 'INVOICE';

/** Or why there is no draft: it comes again later, or is not needed after all. */
type Draft = DocumentDraft | { readonly wait: string } | { readonly drop: string };

/** Invoices and credit notes of one order are written one after the other, each knowing those before it. */
function inTurn(make: (request: DocumentRequest) => Draft): (request: DocumentRequest) => Draft {
  const served = new Set<string>();
  return (request) => {
    if (request.kind !== 'RECEIPT' && served.has(request.orderId)) return { wait: 'ITS_TURN' };
    const draft = make(request);
    if ('ordinal' in draft && draft.ordinal !== null) served.add(request.orderId);
    return draft;
  };
}

async function readOrders(
  deps: IssueDocumentsDeps,
  orderIds: readonly string[],
): Promise<Map<string, OrderForInvoice> | undefined> {
  try {
    const orders = await deps.invoiceOrders.forInvoice(orderIds);
    return new Map(orders.flatMap((order) => (order === null ? [] : [[order.id, order] as const])));
  } catch (error) {
    if (!(error instanceof ServiceUnavailable)) throw error;
    deps.logger.warn({ err: error }, 'documents are issued later: orders cannot be asked');
    return undefined;
  }
}

/** The drafts that can be made; one that cannot does not keep the others. */
function drafted(
  deps: IssueDocumentsDeps,
  requests: readonly DocumentRequest[],
  make: (request: DocumentRequest) => Draft,
): { readonly drafts: DocumentDraft[]; readonly settled: Promise<unknown> } {
  const drafts: DocumentDraft[] = [];
  const settled: Promise<unknown>[] = [];
  for (const request of requests) {
    try {
      const draft = make(request);
      if ('wait' in draft) settled.push(deps.documents.failed([request.source], draft.wait));
      else if ('drop' in draft) settled.push(deps.documents.drop(request.source, draft.drop));
      else drafts.push(draft);
    } catch (error) {
      deps.logger.error({ err: error, source: request.source }, 'a document could not be written');
      settled.push(deps.documents.failed([request.source], error instanceof Error ? error.name : 'failed'));
    }
  }
  return { drafts, settled: Promise.all(settled) };
}

async function issue(
  deps: IssueDocumentsDeps,
  { drafts, settled }: { readonly drafts: DocumentDraft[]; readonly settled: Promise<unknown> },
): Promise<IssuedDocument[]> {
  await settled;
  if (drafts.length === 0) return [];
  try {
    return await deps.documents.issue(drafts);
  } catch (error) {
    if (!(error instanceof DocumentConflict)) throw error;
    if (drafts.length > 1) {
      const issued: IssuedDocument[] = [];
      for (const draft of drafts) issued.push(...(await issue(deps, { drafts: [draft], settled })));
      return issued;
    }
    await deps.documents.failed(
      drafts.map((draft) => draft.source),
      'ANOTHER_WAS_ISSUED',
    );
    return [];
  }
}

function invoiceDraft(
  deps: IssueDocumentsDeps,
  request: DocumentRequest,
  orders: ReadonlyMap<string, OrderForInvoice>,
  issued: readonly IssuedDocument[],
): Draft {
  const order = orders.get(request.orderId);
  if (order === undefined) return { wait: 'ORDER_NOT_FOUND' };
  if (order.confirmedAt === null) return { wait: 'ORDER_NOT_CONFIRMED' };
  const earlier = invoicesOf(issued, order.id);
  const { edit } = request;
  if (edit === null) {
    if (earlier.length > 0) return { drop: 'INVOICED_ALREADY' };
    return draftOf(deps, request, order, invoiceOf(order, deps.seller), 0);
  }
  if (earlier.length === 0) return { wait: 'INVOICE_NOT_ISSUED' };
  // Written from the order as it was after this edit, or later: then the edit is in it.
  if (earlier.some(({ model }) => model.refersTo === null && (model.orderVersion ?? 0) >= edit.orderVersion)) {
    return { drop: 'IN_THE_INVOICE' };
  }
  if (order.version < edit.orderVersion) return { wait: 'EDIT_NOT_SEEN' };
  const model = invoiceOfEdit(order, deps.seller, edit.addedCents, earlier.map(referable));
  return draftOf(deps, request, order, model, earlier.length);
}

function moneyDraft(
  deps: IssueDocumentsDeps,
  request: DocumentRequest,
  orders: ReadonlyMap<string, OrderForInvoice>,
  known: readonly IssuedDocument[],
): Draft {
  const order = orders.get(request.orderId);
  if (order === undefined) return { wait: 'ORDER_NOT_FOUND' };
  const invoices = invoicesOf(known, order.id);
  const notes = known.filter((one) => one.kind === 'CREDIT_NOTE' && one.orderId === order.id);
  const earlier = { invoices: invoices.map(referable), notes, keptCents: request.keptCents };
  const isCredit = request.kind === 'CREDIT_NOTE' || request.kind === 'CORRECTION';
  if (isCredit && order.confirmedAt !== null && invoices.length === 0) return { wait: 'INVOICE_NOT_ISSUED' };
  if (request.kind === 'CORRECTION') {
    const model = correctionOf(order, deps.seller, earlier);
    return model === null ? { drop: 'NOTHING_TO_CORRECT' } : draftOf(deps, request, order, model, notes.length);
  }
  const { movement: requested } = request;
  if (requested === null) throw new Error(`${request.source} is about no movement of money`);
  const movement = movementOf(deps, requested);
  switch (request.kind) {
    case 'RECEIPT':
      return draftOf(deps, request, order, receiptOf(order, deps.seller, movement), null);
    case 'CREDIT_NOTE':
      return draftOf(deps, request, order, creditNoteOf(order, deps.seller, movement, earlier), notes.length);
    case 'CANCELLATION': {
      const note = notes.find((one) => one.refundId === requested.refundId && !one.model.cancels);
      if (note === undefined) return { wait: 'CREDIT_NOTE_NOT_ISSUED' };
      return draftOf(deps, request, order, cancellationOf(referable(note)), notes.length);
    }
    case 'INVOICE':
      throw new Error(`${request.source} is an invoice`);
  }
}

/**
 * An order that was confirmed has an invoice before it gets a credit note, also when the event that asks for it has not come yet,
 * or had come before this service wrote invoices.
 */
async function requestMissingInvoices(
  deps: IssueDocumentsDeps,
  requests: readonly DocumentRequest[],
  orders: ReadonlyMap<string, OrderForInvoice>,
  known: readonly IssuedDocument[],
): Promise<void> {
  const missing = requests.filter(
    ({ kind, orderId }) =>
      kind === 'CREDIT_NOTE' && orders.get(orderId)?.confirmedAt && invoicesOf(known, orderId).length === 0,
  );
  for (const orderId of new Set(missing.map((request) => request.orderId))) {
    await deps.documents.requestInvoice(orderId, null);
  }
}

function draftOf(
  deps: IssueDocumentsDeps,
  request: DocumentRequest,
  order: OrderForInvoice,
  model: DocumentModel,
  ordinal: number | null,
): DocumentDraft {
  const { movement } = request;
  const issuedAt = deps.clock();
  return {
    source: request.source,
    id: newId('rcp', issuedAt),
    orderId: order.id,
    customerId: order.customerId,
    paymentId: movement?.paymentId ?? null,
    refundId: movement?.refundId ?? null,
    series: seriesLabel(model.kind, deps.numberPrefix, issuedAt.getUTCFullYear()),
    ordinal,
    issuedAt,
    model,
  };
}

function movementOf(deps: IssueDocumentsDeps, requested: RequestedMovement): Movement {
  const { provider, reference, method, at, amountCents, beforeCents } = requested;
  return {
    amountCents,
    beforeCents,
    payment: {
      provider: deps.providers.get(provider)?.name ?? provider,
      reference,
      method,
      at: at.toISOString(),
    },
  };
}

const invoicesOf = (documents: readonly IssuedDocument[], orderId: string): IssuedDocument[] =>
  documents.filter((one) => one.kind === 'INVOICE' && one.orderId === orderId);

const referable = ({ model, kind, number, issuedAt }: IssuedDocument): Referable => ({
  model,
  reference: { kind, number, issuedAt: issuedAt.toISOString() },
});
