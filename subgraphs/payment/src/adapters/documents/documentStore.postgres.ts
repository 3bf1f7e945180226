import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type Database, isDue, sql } from '@souk/postgres';
import { DocumentConflict, type DocumentRequest, type DocumentStore } from '../../app/documents/documentPorts.js';
import type { DocumentKind, DocumentModel, IssuedDocument } from '../../domain/documents/document.js';

/** How long the files of a new document wait for somebody who asks for them, before they are rendered on the side. */
const ARCHIVE_AFTER = `interval '10 minutes'`;

const requestInvoice = sql(
  'document.requestInvoice',
  `WITH inbox AS (
     INSERT INTO processed_event (event_id, consumer) SELECT $2, 'payment' WHERE $2::text IS NOT NULL ON CONFLICT DO NOTHING)
   INSERT INTO document_request (source, kind, order_id) VALUES ('invoice:' || $1, 'INVOICE', $1) ON CONFLICT DO NOTHING`,
);

/** An order whose invoice is asked for, or was written. */
const IS_INVOICED = `EXISTS (SELECT 1 FROM document_request WHERE source = 'invoice:' || $1)`;
const requestForEdit = sql(
  'document.requestForEdit',
  `WITH inbox AS (INSERT INTO processed_event (event_id, consumer) VALUES ($3, 'payment') ON CONFLICT DO NOTHING)
   INSERT INTO document_request (source, kind, order_id, amount_cents, order_version)
   SELECT CASE WHEN $4::bigint > 0 THEN 'invoice:' || $2 ELSE 'correction:' || $3 END,
     CASE WHEN $4::bigint > 0 THEN 'INVOICE' ELSE 'CORRECTION' END, $1, nullif(greatest($4::bigint, 0), 0), $5::int
   WHERE $4::bigint <> 0 AND ${IS_INVOICED} ON CONFLICT DO NOTHING`,
);
const requestCorrection = sql(
  'document.requestCorrection',
  `INSERT INTO document_request (source, kind, order_id) SELECT 'correction:' || $2, 'CORRECTION', $1 WHERE ${IS_INVOICED}
   ON CONFLICT DO NOTHING`,
);

interface RequestRow {
  readonly source: string;
  readonly kind: DocumentRequest['kind'];
  readonly order_id: string;
  readonly attempts: number;
  readonly payment_id: string | null;
  readonly added_cents: number | null;
  readonly order_version: number | null;
  readonly refund_id: string | null;
  readonly provider: string;
  readonly reference: string | null;
  readonly method: string | null;
  readonly amount_cents: number;
  readonly before_cents: number;
  readonly kept_cents: number;
  readonly at: Date;
}

/**
 * How long a round has what it took to itself. A process that dies delays a document by that; one that is slower than that works beside
 * the next one, and the same request is still settled once.
 */
const LEASE = `interval '4 seconds'`;

/** What had moved before is read from the ledger, in its order: on the account of the orders, captures are credits (negative), refunds debits. */
const take = sql<RequestRow>(
  'document.take',
  `WITH taken AS (
     UPDATE document_request r SET attempt_at = now() + ${LEASE}, attempts = r.attempts + 1
     WHERE r.source IN (SELECT source FROM document_request WHERE ${isDue('attempt_at')} ORDER BY attempt_at, created_at LIMIT $1
       FOR UPDATE SKIP LOCKED)
     RETURNING r.source, r.kind, r.order_id, r.payment_id, r.refund_id, r.amount_cents, r.order_version, r.attempts, r.created_at)
   SELECT t.source, t.kind, t.order_id, t.attempts, t.payment_id, t.amount_cents AS added_cents, t.order_version, t.refund_id,
     p.provider,
     coalesce(f.provider_reference, p.provider_reference) AS reference,
     CASE WHEN m.last4 IS NOT NULL THEN concat_ws(' ', initcap(m.brand), '•••• ' || m.last4) END AS method,
     coalesce(abs(l.amount_cents), 0) AS amount_cents, coalesce(moved.before, 0)::bigint AS before_cents,
     coalesce(moved.kept, 0)::bigint AS kept_cents, coalesce(l.created_at, t.created_at) AS at
   FROM taken t
   LEFT JOIN payment p ON p.id = t.payment_id
   LEFT JOIN refund f ON f.id = t.refund_id
   LEFT JOIN payment_method m ON m.provider = p.provider AND m.reference = p.method_reference
   LEFT JOIN ledger_entry l ON l.transaction_id = t.source AND l.account = 'orders'
   LEFT JOIN LATERAL (
     SELECT sum(abs(e.amount_cents)) FILTER (WHERE sign(e.amount_cents) = sign(l.amount_cents)
         AND (e.created_at, e.id) < (l.created_at, l.id)) AS before,
       -sum(e.amount_cents) AS kept
     FROM ledger_entry e JOIN payment q ON q.id = e.payment_id
     WHERE t.kind <> 'INVOICE' AND q.order_id = t.order_id AND e.account = 'orders'
       AND (e.transaction_id LIKE 'capture:%' OR e.refund_id IS NOT NULL)) AS moved ON true
   ORDER BY t.created_at, t.source`,
);

interface DocumentRow {
  readonly id: string;
  readonly kind: DocumentKind;
  readonly number: string;
  readonly order_id: string;
  readonly customer_id: string | null;
  readonly payment_id: string | null;
  readonly refund_id: string | null;
  readonly issued_at: Date;
  readonly model: DocumentModel;
}
const columns = (customerId: string): string =>
  `d.id, d.kind, d.number, d.order_id, ${customerId} AS customer_id, d.payment_id, d.refund_id, d.issued_at, d.model`;
const COLUMNS = columns('d.customer_id');
const COLUMNS_WITH_OWNER = columns(`coalesce(d.customer_id,
  (SELECT p.customer_id FROM payment p WHERE p.order_id = d.order_id AND p.customer_id IS NOT NULL LIMIT 1))`);

/**
 * Settles the requests, counts the series up by as many as were settled, and stores the documents with their numbers. The row of a
 * series is locked until it commits, so a number is taken if and only if its document is stored.
 */
const issue = sql<DocumentRow>(
  'document.issue',
  `WITH draft AS (
     SELECT * FROM jsonb_to_recordset($1::jsonb) AS d(source text, id text, kind text, series text, "orderId" text,
       "customerId" text, "paymentId" text, "refundId" text, ordinal int, "currencyCode" text, "totalCents" bigint, model jsonb,
       "issuedAt" timestamptz)),
   settled AS (
     UPDATE document_request r SET document_id = draft.id, attempt_at = NULL, last_error = NULL, archive_at = now() + ${ARCHIVE_AFTER}
     FROM draft WHERE r.source = draft.source AND r.document_id IS NULL AND r.attempt_at IS NOT NULL RETURNING r.source),
   numbered AS (
     SELECT draft.*, row_number() OVER (PARTITION BY series ORDER BY id) AS place, count(*) OVER (PARTITION BY series) AS places
     FROM draft JOIN settled USING (source)),
   counted AS (
     INSERT INTO document_series AS s (series, last) SELECT series, count(*) FROM numbered GROUP BY series ORDER BY series
     ON CONFLICT (series) DO UPDATE SET last = s.last + excluded.last RETURNING s.series, s.last)
   INSERT INTO payment_document AS d (id, kind, series, sequence, number, source, order_id, customer_id, payment_id, refund_id,
     ordinal, currency_code, total_cents, model, issued_at)
   SELECT n.id, n.kind, n.series, at.sequence,
     n.series || '-' || lpad(at.sequence::text, greatest(6, length(at.sequence::text)), '0'), n.source, n."orderId", n."customerId",
     n."paymentId", n."refundId", n.ordinal, n."currencyCode", n."totalCents", n.model, n."issuedAt"
   FROM numbered n JOIN counted c USING (series), LATERAL (SELECT (c.last - n.places + n.place)::int AS sequence) AS at
   RETURNING ${COLUMNS}`,
);

const settle = sql(
  'document.drop',
  `UPDATE document_request SET attempt_at = NULL, last_error = $2 WHERE source = $1 AND document_id IS NULL`,
);
const failed = sql(
  'document.failed',
  `UPDATE document_request SET last_error = $2,
     attempt_at = now() + least(interval '500 milliseconds' * 2 ^ least(attempts, 12), interval '10 minutes')
   WHERE source = ANY ($1) AND attempt_at IS NOT NULL`,
);
/** Documents are final: an order that was a guest's when they were issued has its owner in its payments. */
const byOrderIds = sql<DocumentRow>(
  'document.byOrderIds',
  `SELECT ${COLUMNS_WITH_OWNER} FROM payment_document d WHERE d.order_id = ANY ($1) ORDER BY d.issued_at, d.series, d.sequence`,
);
const byIds = sql<DocumentRow>('document.byIds', `SELECT ${COLUMNS} FROM payment_document d WHERE d.id = ANY ($1)`);

interface FileRow {
  readonly bytes: Buffer;
  readonly sha256: string;
}
const file = sql<FileRow>(
  'document.file',
  'SELECT bytes, sha256 FROM document_file WHERE document_id = $1 AND format = $2',
);
const keepFile = sql(
  'document.keepFile',
  'INSERT INTO document_file (document_id, format, bytes, sha256) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
);
const takeUnarchived = sql<DocumentRow>(
  'document.takeUnarchived',
  `WITH taken AS (
     UPDATE document_request SET archive_at = now() + ${ARCHIVE_AFTER}
     WHERE source IN (SELECT source FROM document_request WHERE ${isDue('archive_at')} ORDER BY archive_at LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING document_id)
   SELECT ${COLUMNS} FROM taken JOIN payment_document d ON d.id = taken.document_id`,
);
const archived = sql('document.archived', 'UPDATE document_request SET archive_at = NULL WHERE document_id = $1');
const ORDINAL_KEY = 'payment_document_order_id_kind_ordinal_key';

/** Documents in Postgres: each method is one named statement. HTML is kept compressed; a PDF is so by itself. */
export function createDocumentStore(database: Database): DocumentStore {
  return {
    async requestInvoice(orderId, eventId) {
      await database.query(requestInvoice, [orderId, eventId]);
    },
    async requestForEdit({ orderId, editId, eventId, addedCents, orderVersion }) {
      await database.query(requestForEdit, [orderId, editId, eventId, addedCents, orderVersion]);
    },
    async requestCorrection(orderId, eventId) {
      await database.query(requestCorrection, [orderId, eventId]);
    },
    async take(limit) {
      return (await database.query(take, [limit])).map(requestOf);
    },
    async issue(drafts) {
      const rows = drafts.map(({ model, ...draft }) => ({
        ...draft,
        kind: model.kind,
        currencyCode: model.currencyCode,
        totalCents: model.totalCents,
        model,
      }));
      try {
        return (await database.query(issue, [JSON.stringify(rows)])).map(documentOf);
      } catch (error) {
        if ((error as { constraint?: string }).constraint !== ORDINAL_KEY) throw error;
        throw new DocumentConflict('another document of the order was issued meanwhile', { cause: error });
      }
    },
    async drop(source, why) {
      await database.query(settle, [source, why]);
    },
    async failed(sources, error) {
      await database.query(failed, [sources, error]);
    },
    async byOrderIds(orderIds) {
      return (await database.query(byOrderIds, [orderIds])).map(documentOf);
    },
    async byIds(ids) {
      const rows = await database.query(byIds, [ids]);
      const found = new Map(rows.map((row) => [row.id, documentOf(row)]));
      return ids.map((id) => found.get(id));
    },
    async file(documentId, format) {
      const [row] = await database.query(file, [documentId, format]);
      return row && { bytes: format === 'HTML' ? gunzipSync(row.bytes) : row.bytes, sha256: row.sha256 };
    },
    async keepFile(documentId, format, bytes) {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      await database.query(keepFile, [documentId, format, format === 'HTML' ? gzipSync(bytes) : bytes, sha256]);
      const kept = await this.file(documentId, format);
      if (kept === undefined) throw new Error(`the file of ${documentId} was not kept`);
      return kept;
    },
    async takeUnarchived() {
      const [row] = await database.query(takeUnarchived);
      return row && documentOf(row);
    },
    async archived(documentId) {
      await database.query(archived, [documentId]);
    },
  };
}

function requestOf(row: RequestRow): DocumentRequest {
  return {
    source: row.source,
    kind: row.kind,
    orderId: row.order_id,
    attempts: row.attempts,
    keptCents: row.kept_cents,
    edit:
      row.added_cents === null || row.order_version === null
        ? null
        : { addedCents: row.added_cents, orderVersion: row.order_version },
    movement:
      row.payment_id === null
        ? null
        : {
            paymentId: row.payment_id,
            refundId: row.refund_id,
            provider: row.provider,
            reference: row.reference,
            method: row.method,
            amountCents: row.amount_cents,
            beforeCents: row.before_cents,
            at: row.at,
          },
  };
}

const documentOf = (row: DocumentRow): IssuedDocument => ({
  id: row.id,
  kind: row.kind,
  number: row.number,
  orderId: row.order_id,
  customerId: row.customer_id,
  paymentId: row.payment_id,
  refundId: row.refund_id,
  issuedAt: row.issued_at,
  model: row.model,
});
