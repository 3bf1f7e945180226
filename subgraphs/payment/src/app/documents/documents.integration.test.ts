import { documentHarness } from '../../testing/documentHarness.js';
import { orderLine } from '../../testing/documentSamples.js';

type Harness = Awaited<ReturnType<typeof documentHarness>>;
let shop: Harness;

beforeAll(async () => {
  shop = await documentHarness();
});
afterAll(() => shop.close());

const kinds = async (orderId: string) => (await shop.documents(orderId)).map((document) => document.kind);

/** The query parameters of a link, as the route hands them on. */
function linkTo(documentId: string, format: 'PDF' | 'HTML') {
  const { searchParams } = new URL(shop.app.documentUrl(documentId, format));
  return {
    documentId,
    format,
    expires: searchParams.get('expires') ?? '',
    signature: searchParams.get('signature') ?? '',
  };
}

test('a confirmed and paid order has one invoice and one receipt, however often it is told', async () => {
  const order = shop.order();
  await shop.confirmed(order.id);
  await shop.confirmed(order.id);
  await shop.moved(order.id, order.totalCents);
  await shop.issueAll();
  await shop.confirmed(order.id);
  await shop.issueAll();
  const documents = await shop.documents(order.id);
  expect(documents.map(({ kind, model }) => [kind, model.totalCents])).toEqual(
    expect.arrayContaining([
      ['INVOICE', 5_470],
      ['RECEIPT', 5_470],
    ]),
  );
  expect(documents).toHaveLength(2);
});

test('money that went back gets a credit note that refers to the invoice, which is written first', async () => {
  const order = shop.order();
  await shop.moved(order.id, order.totalCents);
  await shop.moved(order.id, -2_000);
  await shop.issueAll();
  const documents = await shop.documents(order.id);
  const invoice = documents.find((one) => one.kind === 'INVOICE');
  const note = documents.find((one) => one.kind === 'CREDIT_NOTE');
  expect(note?.model).toMatchObject({
    totalCents: 2_000,
    refersTo: { kind: 'INVOICE', number: invoice?.number },
    taxes: [{ basisPoints: 1_900, taxCents: 319, grossCents: 2_000 }],
  });
});

test('refunds in parts, and one that came back, leave exactly the tax of what is kept', async () => {
  const order = shop.order();
  await shop.confirmed(order.id);
  await shop.moved(order.id, order.totalCents);
  await shop.moved(order.id, -1_001);
  const bounced = await shop.moved(order.id, -1_333);
  await shop.moved(order.id, -3_136);
  await shop.issueAll();
  await shop.bounced(bounced);
  await shop.moved(order.id, -1_333);
  await shop.issueAll();
  const notes = (await shop.documents(order.id)).filter((one) => one.kind === 'CREDIT_NOTE');
  const credited = notes.flatMap((one) => one.model.taxes);
  expect(notes.map((one) => one.model.totalCents)).toEqual([1_001, 1_333, 3_136, -1_333, 1_333]);
  expect(credited.reduce((sum, row) => sum + row.taxCents, 0)).toBe(873);
  expect(credited.reduce((sum, row) => sum + row.grossCents, 0)).toBe(5_470);
});

test('an order that was never confirmed has no invoice; what it paid is receipted, and its refund confirmed', async () => {
  const order = shop.order({ confirmedAt: null });
  await shop.moved(order.id, order.totalCents);
  await shop.moved(order.id, -order.totalCents);
  await shop.issueAll();
  expect((await kinds(order.id)).sort()).toEqual(['CREDIT_NOTE', 'RECEIPT']);
});

const shade = orderLine({
  id: 'oln_3',
  sku: 'SHADE',
  quantity: 1,
  unitPriceCents: 500,
  discountCents: 0,
  totalCents: 500,
  taxCents: 80,
});

test('an edit that made the order dearer has an invoice of its own, once, also when it is told before the first one is written', async () => {
  const order = shop.order();
  await shop.confirmed(order.id);
  await shop.issueAll();
  await shop.moved(order.id, order.totalCents);
  await shop.edited(order.id, 500, 3, 'oed_1');
  await shop.edited(order.id, 500, 3, 'oed_1');
  await shop.issueAll();
  expect((await kinds(order.id)).filter((kind) => kind === 'INVOICE')).toHaveLength(1);
  shop.orders.set(order.id, { ...order, version: 3, lines: [...order.lines, shade], totalCents: 5_970, taxCents: 953 });
  await shop.issueAll();
  const invoices = (await shop.documents(order.id)).filter((one) => one.kind === 'INVOICE');
  expect(invoices.map((one) => one.model.totalCents)).toEqual([5_470, 500]);
  expect(invoices[1]?.model).toMatchObject({ lines: [{ sku: 'SHADE' }], refersTo: { number: invoices[0]?.number } });
});

test('an edit that the first invoice has in it is not invoiced again', async () => {
  const order = shop.order();
  await shop.edited(order.id, 500, 2);
  await shop.confirmed(order.id);
  await shop.edited(order.id, 500, 3);
  shop.orders.set(order.id, { ...order, version: 3, lines: [...order.lines, shade], totalCents: 5_970, taxCents: 953 });
  await shop.issueAll();
  expect((await shop.documents(order.id)).map((one) => one.model.totalCents)).toEqual([5_970]);
  const open = (await shop.requests()).filter((row) => row.attempt_at !== null);
  expect(open).toEqual([]);
});

test('an invoiced order that is cancelled before it is paid has its invoice taken back, and a paid one its refund', async () => {
  const unpaid = shop.order();
  const paid = shop.order();
  await shop.confirmed(unpaid.id);
  await shop.confirmed(paid.id);
  await shop.moved(paid.id, paid.totalCents);
  await shop.issueAll();
  for (const order of [unpaid, paid]) {
    shop.orders.set(order.id, { ...order, status: 'CANCELLED', version: 3 });
    await shop.cancelled(order.id);
  }
  await shop.issueAll();
  expect(await kinds(unpaid.id)).toEqual(['INVOICE', 'CREDIT_NOTE']);
  expect((await kinds(paid.id)).sort()).toEqual(['INVOICE', 'RECEIPT']);
  await shop.moved(paid.id, -paid.totalCents);
  await shop.issueAll();
  for (const { id } of [unpaid, paid]) {
    const notes = (await shop.documents(id)).filter((one) => one.kind === 'CREDIT_NOTE');
    expect(notes.map((one) => one.model.totalCents)).toEqual([5_470]);
    expect(notes[0]?.model.taxes).toMatchObject([{ taxCents: 873, grossCents: 5_470 }]);
  }
});

test('an order that was never invoiced needs no correction when it is cancelled', async () => {
  const order = shop.order({ confirmedAt: null, status: 'CANCELLED' });
  await shop.cancelled(order.id);
  await shop.issueAll();
  expect(await kinds(order.id)).toEqual([]);
});

test('while orders cannot be asked nothing is issued, and nothing is lost', async () => {
  const order = shop.order();
  shop.state.ordersDown = true;
  await shop.confirmed(order.id);
  await shop.issueAll();
  expect(await kinds(order.id)).toEqual([]);
  shop.state.ordersDown = false;
  await shop.issueAll();
  expect(await kinds(order.id)).toEqual(['INVOICE']);
});

test('an order whose amounts do not add up is left for people, and keeps no other document', async () => {
  const wrong = shop.order({ totalCents: 1 });
  const right = shop.order();
  await Promise.all([shop.confirmed(wrong.id), shop.confirmed(right.id)]);
  await shop.issueAll();
  expect(await kinds(wrong.id)).toEqual([]);
  expect(await kinds(right.id)).toEqual(['INVOICE']);
  expect((await shop.requests()).find((row) => row.source === `invoice:${wrong.id}`)).toMatchObject({
    last_error: 'DoesNotAddUp',
    document_id: null,
  });
  shop.orders.set(wrong.id, { ...wrong, totalCents: 5_470 });
  await shop.issueAll();
});

test('an issued document and its file can be neither changed nor deleted', async () => {
  const order = shop.order();
  await shop.confirmed(order.id);
  await shop.issueAll();
  const [document] = await shop.documents(order.id);
  if (document === undefined) throw new Error('no document');
  await shop.app.openDocument(linkTo(document.id, 'HTML'));
  const final = 'an issued document never changes';
  for (const text of [
    'UPDATE payment_document SET total_cents = 1 WHERE id = $1',
    'DELETE FROM payment_document WHERE id = $1',
    "UPDATE document_file SET sha256 = '' WHERE document_id = $1",
    'DELETE FROM document_file WHERE document_id = $1',
  ]) {
    await expect(shop.database.pool.query(text, [document.id])).rejects.toThrow(final);
  }
});

test('a file is rendered once: all downloads, also those at the same time, are the same bytes', async () => {
  const order = shop.order();
  await shop.confirmed(order.id);
  await shop.issueAll();
  const [document] = await shop.documents(order.id);
  if (document === undefined) throw new Error('no document');
  const opened = await Promise.all([1, 2, 3].map(() => shop.app.openDocument(linkTo(document.id, 'PDF'))));
  const bytes = opened.map((one) => (one.kind === 'FILE' ? one.file.bytes.toString('base64') : one.kind));
  expect(new Set(bytes).size).toBe(1);
  const before = shop.state.rendered;
  expect(await shop.app.openDocument(linkTo(document.id, 'PDF'))).toMatchObject({ kind: 'FILE' });
  expect(shop.state.rendered).toBe(before);
});

test('bytes that are not what was kept are not handed out', async () => {
  const order = shop.order();
  await shop.confirmed(order.id);
  await shop.issueAll();
  const [document] = await shop.documents(order.id);
  if (document === undefined) throw new Error('no document');
  await shop.database.pool.query(
    "INSERT INTO document_file (document_id, format, bytes, sha256) VALUES ($1, 'PDF', 'forged', repeat('0', 64))",
    [document.id],
  );
  await expect(shop.app.openDocument(linkTo(document.id, 'PDF'))).rejects.toThrow('is not what was kept');
  await shop.database.pool.query('UPDATE document_request SET archive_at = NULL WHERE document_id = $1', [document.id]);
});

test('what a process had taken when it died is taken by another one within 5 seconds', async () => {
  const order = shop.order();
  await shop.confirmed(order.id);
  const store = shop.store;
  expect((await store.take(50)).map(({ orderId }) => orderId)).toEqual([order.id]);
  expect(await store.take(50)).toEqual([]);
  const [again] = (
    await shop.database.pool.query<{ ms: number }>(
      `SELECT extract(epoch FROM attempt_at - now())::float8 * 1000 AS ms FROM document_request WHERE order_id = $1`,
      [order.id],
    )
  ).rows;
  expect(again?.ms).toBeLessThan(5_000);
  await shop.database.pool.query('UPDATE document_request SET attempt_at = now() WHERE order_id = $1', [order.id]);
  await shop.issueAll();
  expect(await kinds(order.id)).toEqual(['INVOICE']);
});

test('a link that was changed, or has ended, opens nothing', async () => {
  const order = shop.order();
  await shop.confirmed(order.id);
  await shop.issueAll();
  const [document] = await shop.documents(order.id);
  if (document === undefined) throw new Error('no document');
  const link = linkTo(document.id, 'HTML');
  expect(await shop.app.openDocument({ ...link, signature: 'A'.repeat(43) })).toEqual({ kind: 'REFUSED' });
  expect(await shop.app.openDocument({ ...link, format: 'PDF' })).toEqual({ kind: 'REFUSED' });
  shop.state.now = new Date(shop.state.now.getTime() + 15 * 60_000);
  expect(await shop.app.openDocument(link)).toEqual({ kind: 'REFUSED' });
});

test('what nobody asks for is rendered and kept on the side', async () => {
  const order = shop.order();
  await shop.confirmed(order.id);
  await shop.issueAll();
  await shop.database.pool.query('UPDATE document_request SET archive_at = now() WHERE archive_at IS NOT NULL');
  while (await shop.app.archiveDocument());
  const open = await shop.database.pool.query('SELECT 1 FROM document_request WHERE archive_at IS NOT NULL');
  const files = await shop.database.pool.query(
    `SELECT format FROM document_file f JOIN payment_document d ON d.id = f.document_id WHERE d.order_id = $1 ORDER BY format`,
    [order.id],
  );
  expect(open.rowCount).toBe(0);
  expect(files.rows).toEqual([{ format: 'HTML' }, { format: 'PDF' }]);
}, 60_000);
