import type { DocumentKind, DocumentModel, IssuedDocument } from '../../domain/documents/document.js';
import type { OrderForInvoice } from '../../domain/documents/invoice.js';

/** The order service. Throws ServiceUnavailable. */
export interface InvoiceOrderPort {
  /** In the order of the ids; null where there is no such order. At most 100. */
  forInvoice(orderIds: readonly string[]): Promise<(OrderForInvoice | null)[]>;
}

/** A document that is to be issued. Recorded once per cause, with the cause. */
export interface DocumentRequest {
  /**
   * `invoice:ord_…`, `invoice:oed_…`, `correction:evt_…`, or the ledger's transaction: `capture:…`, `refund:ref_…`,
   * `refund-reversal:ref_…`.
   */
  readonly source: string;
  readonly kind: 'INVOICE' | 'RECEIPT' | 'CREDIT_NOTE' | 'CANCELLATION' | 'CORRECTION';
  readonly orderId: string;
  readonly attempts: number;
  /** Of receipts, credit notes and cancellations. */
  readonly movement: RequestedMovement | null;
  /** Of an edit's invoice: by how much the order became dearer, and its version with that. */
  readonly edit: { readonly addedCents: number; readonly orderVersion: number } | null;
  /** What the shop keeps by now of all that came in for this order. */
  readonly keptCents: number;
}

export interface RequestedMovement {
  readonly paymentId: string;
  readonly refundId: string | null;
  readonly provider: string;
  readonly reference: string | null;
  readonly method: string | null;
  readonly amountCents: number;
  /** What had moved the same way for this order before it. */
  readonly beforeCents: number;
  readonly at: Date;
}

/** A document that is ready but for its number. */
export interface DocumentDraft {
  readonly source: string;
  readonly id: string;
  readonly orderId: string;
  readonly customerId: string | null;
  readonly paymentId: string | null;
  readonly refundId: string | null;
  /** What its number begins with; the series counts within it. */
  readonly series: string;
  /** Its place among the order's invoices, or credit notes: each is written knowing those before it. Null for receipts. */
  readonly ordinal: number | null;
  readonly issuedAt: Date;
  readonly model: DocumentModel;
}

export type DocumentFormat = 'PDF' | 'HTML';

/** A rendered document: rendered once, the same bytes ever after. */
export interface DocumentFile {
  readonly bytes: Buffer;
  /** SHA-256 of the bytes, in hexadecimal. */
  readonly sha256: string;
}

export interface OrderEdit {
  readonly orderId: string;
  readonly editId: string;
  readonly eventId: string;
  /** Negative when it became cheaper. */
  readonly addedCents: number;
  readonly orderVersion: number;
}

/** A draft was made without knowing a document of the same order that was issued meanwhile. Nothing was issued. */
export class DocumentConflict extends Error {
  override readonly name = 'DocumentConflict';
}

export interface DocumentStore {
  /** Records that an order is to be invoiced, with the event's inbox row. Once per order. */
  requestInvoice(orderId: string, eventId: string | null): Promise<void>;
  /**
   * An order that has an invoice, or is to get one, became dearer or cheaper by an edit: an invoice of what was added is asked for, or
   * a correction. With the event's inbox row, once per edit. Without an invoice nothing is asked for: the first one has the edit in it.
   */
  requestForEdit(edit: OrderEdit): Promise<void>;
  /** An order that has an invoice, or is to get one, was cancelled: a correction is asked for, once per event. */
  requestCorrection(orderId: string, eventId: string): Promise<void>;
  /** Requests that are due; each is given to one process, and comes again later unless it is settled. */
  take(limit: number): Promise<DocumentRequest[]>;
  /**
   * Gives each draft its number and stores it, in one statement: all of them or none. A request that has its document already is
   * passed over and uses no number. Answers what was issued. Throws DocumentConflict when another process has meanwhile issued one
   * that a draft should have known.
   */
  issue(drafts: readonly DocumentDraft[]): Promise<IssuedDocument[]>;
  /** Settles a request that needs no document. */
  drop(source: string, why: string): Promise<void>;
  /** These are tried again, after a pause that grows. */
  failed(sources: readonly string[], error: string): Promise<void>;
  byOrderIds(orderIds: readonly string[]): Promise<IssuedDocument[]>;
  byIds(ids: readonly string[]): Promise<(IssuedDocument | undefined)[]>;
  file(documentId: string, format: DocumentFormat): Promise<DocumentFile | undefined>;
  /** Keeps the rendered bytes, unless there are some already: these are answered then. */
  keepFile(documentId: string, format: DocumentFormat, bytes: Buffer): Promise<DocumentFile>;
  /** A document whose files are not all kept yet, due to be rendered; undefined when there is none. */
  takeUnarchived(): Promise<IssuedDocument | undefined>;
  archived(documentId: string): Promise<void>;
}

/** Makes the bytes of a document: the same model, number and date give the same bytes. */
export type RenderDocument = (document: IssuedDocument) => Promise<Buffer>;
export type DocumentRenderers = Readonly<Record<DocumentFormat, RenderDocument>>;

export type { DocumentKind, DocumentModel, IssuedDocument };
