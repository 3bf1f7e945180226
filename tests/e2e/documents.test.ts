import { randomUUID } from 'node:crypto';
import { eventually } from '@souk/testkit';
import {
  createShopper,
  fillCart,
  type Purchase,
  placeOrder,
  purchase,
  type Refused,
  type Shopper,
} from '../../local/src/shopper.js';
import { createDocumentLinks } from '../../subgraphs/payment/src/app/documents/documentLinks.js';
import { createProduct, type Shop, shopOfRun, signedIn, uniqueEmail } from './shop.js';

interface Document {
  readonly id: string;
  readonly kind: string;
  readonly number: string;
  readonly total: { readonly centAmount: number };
  readonly refersTo: string | null;
  readonly pdfUrl: string;
  readonly htmlUrl: string;
}
interface Documents {
  readonly order: { readonly receiptUrl: string | null; readonly documents: Document[] | null } | null;
}

let shop: Shop;
let staff: Shopper;
let customer: Shopper;
let guest: Shopper;
let variantId: string;
beforeAll(async () => {
  shop = await shopOfRun();
  [staff, customer] = await Promise.all([signedIn(shop, 'staff'), signedIn(shop, 'customer')]);
  guest = createShopper(shop.urls.graphql as string);
  ({ variantId } = await createProduct(staff, { onHand: 100, name: 'Lampe <b>Zürich</b>' }));
}, 240_000);
afterAll(() => Promise.all([staff?.close(), customer?.close(), guest?.close()]));

const buy = (shopper: Shopper, quantity: number): Promise<Purchase> =>
  purchase(shopper, shop.urls.standIns as string, { lines: [{ variantId, quantity }], email: uniqueEmail() });

/** The order's documents, once it has those of these kinds. */
const documentsOf = (shopper: Shopper, orderId: string, kinds: readonly string[]): Promise<Document[]> =>
  eventually(
    async () => {
      const { order } = (await shopper.send<Documents>('OrderDocuments', { id: orderId })).data;
      const documents = order?.documents ?? [];
      expect(documents.map(({ kind }) => kind).sort()).toEqual([...kinds].sort());
      return documents;
    },
    { timeoutMs: 20_000 },
  );

async function download(url: string) {
  const response = await fetch(url);
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
}
const one = (documents: readonly Document[], kind: string): Document => {
  const found = documents.find((document) => document.kind === kind);
  if (found === undefined) throw new Error(`there is no ${kind}`);
  return found;
};
const codesOf = (sending: Promise<unknown>) =>
  sending.then(
    () => [],
    (error: Refused) => error.errors.map(({ code }) => code),
  );

test('a guest downloads the invoice and the receipt of his order by their links, the same bytes each time', async () => {
  const { orderId, number } = await buy(guest, 2);
  const documents = await documentsOf(guest, orderId, ['INVOICE', 'RECEIPT']);
  const invoice = one(documents, 'INVOICE');
  expect(invoice.number).toMatch(/^SOUK-\d{4}-\d{6,}$/);
  expect(one(documents, 'RECEIPT').total).toEqual(invoice.total);

  const pdf = await download(invoice.pdfUrl);
  expect(pdf.status).toBe(200);
  expect(pdf.headers.get('content-type')).toBe('application/pdf');
  expect(pdf.headers.get('content-disposition')).toBe(`inline; filename="${invoice.number}.pdf"`);
  expect(pdf.headers.get('cache-control')).toBe('private, no-store');
  expect(pdf.bytes.subarray(0, 5).toString()).toBe('%PDF-');
  const page = await download(invoice.htmlUrl);
  expect(page.status).toBe(200);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  const text = page.bytes.toString();
  for (const shown of [invoice.number, number, 'Ada Lovelace', 'Lampe &lt;b&gt;Zürich&lt;/b&gt;', '19%', 'VAT ID']) {
    expect(text).toContain(shown);
  }

  const again = one(await documentsOf(guest, orderId, ['INVOICE', 'RECEIPT']), 'INVOICE');
  expect((await download(again.pdfUrl)).bytes.equals(pdf.bytes)).toBe(true);
}, 60_000);

test('a customer has the documents of his orders, and nobody else has', async () => {
  const { orderId } = await buy(customer, 1);
  const [first] = await documentsOf(customer, orderId, ['INVOICE', 'RECEIPT']);
  expect((await download(String(first?.htmlUrl))).status).toBe(200);
  expect((await guest.send<Documents>('OrderDocuments', { id: orderId })).data.order).toBeNull();
  expect(await documentsOf(staff, orderId, ['INVOICE', 'RECEIPT'])).toHaveLength(2);
}, 60_000);

test('a link that ended, was changed, or is for something else opens nothing', async () => {
  const { orderId } = await buy(guest, 1);
  const invoice = one(await documentsOf(guest, orderId, ['INVOICE', 'RECEIPT']), 'INVOICE');
  const origin = new URL(invoice.pdfUrl).origin;
  const links = createDocumentLinks({ secret: String(shop.env.IDENTITY_SECRET), publicUrl: origin });
  expect((await download(links.urlOf(invoice.id, 'PDF', new Date()))).status).toBe(200);
  expect((await download(links.urlOf(invoice.id, 'PDF', new Date(Date.now() - 16 * 60_000)))).status).toBe(403);
  expect((await download(invoice.pdfUrl.replace('.pdf', '.html'))).status).toBe(403);
  expect((await download(invoice.pdfUrl.replace(/signature=.{4}/, 'signature=AAAA'))).status).toBe(403);
  expect((await download(`${origin}/documents/${invoice.id}.pdf`)).status).toBe(404);
  expect((await download(`${origin}/documents/..%2fmetrics.pdf?expires=1&signature=a`)).status).toBe(404);
}, 60_000);

test('a refund has a credit note that refers to the invoice, and the ledger says it all', async () => {
  const { orderId, paymentId } = await buy(guest, 1);
  const invoice = one(await documentsOf(guest, orderId, ['INVOICE', 'RECEIPT']), 'INVOICE');
  await staff.send('RefundCreate', {
    input: { paymentId, amount: { centAmount: 500, currencyCode: 'EUR' }, idempotencyKey: randomUUID() },
  });
  const note = one(await documentsOf(guest, orderId, ['INVOICE', 'RECEIPT', 'CREDIT_NOTE']), 'CREDIT_NOTE');
  expect(note).toMatchObject({ total: { centAmount: 500 }, refersTo: invoice.number });
  expect((await download(note.htmlUrl)).bytes.toString()).toContain(`corrects invoice ${invoice.number}`);

  interface Ledger {
    ledger: { transactionId: string; account: string; amount: { centAmount: number } }[];
  }
  const { ledger } = (await staff.send<Ledger>('Ledger', { paymentId })).data;
  expect(ledger.reduce((sum, line) => sum + line.amount.centAmount, 0)).toBe(0);
  const ofOrders = ledger.filter((line) => line.account === 'orders').map((line) => line.amount.centAmount);
  expect(ofOrders).toEqual([-invoice.total.centAmount, 500]);
}, 60_000);

test('the list of the provider is compared on request, and agrees with what was bought here', async () => {
  const { paymentId } = await buy(guest, 1);
  interface Asked {
    reconciliationRun: { run: { id: string } };
  }
  const { run } = (await staff.send<Asked>('ReconciliationRun', { provider: 'stripe' })).data.reconciliationRun;
  interface Runs {
    reconciliationRuns: { id: string; state: string; transactions: number }[];
  }
  await eventually(
    async () => {
      const { reconciliationRuns } = (await staff.send<Runs>('ReconciliationRuns', {})).data;
      const done = reconciliationRuns.find(({ id }) => id === run.id);
      expect(done?.state).toBe('SUCCEEDED');
      expect(done?.transactions).toBeGreaterThan(0);
    },
    { timeoutMs: 30_000 },
  );
  interface Differences {
    reconciliationDifferences: { payment: { id: string } | null }[];
  }
  const { reconciliationDifferences } = (await staff.send<Differences>('ReconciliationDifferences', { state: 'OPEN' }))
    .data;
  expect(reconciliationDifferences.filter(({ payment }) => payment?.id === paymentId)).toEqual([]);
  interface Balances {
    trialBalance: { account: string; balance: { centAmount: number; currencyCode: string } }[];
  }
  const { trialBalance } = (await staff.send<Balances>('TrialBalance', {})).data;
  const euros = trialBalance.filter(({ balance }) => balance.currencyCode === 'EUR');
  expect(euros.map(({ account }) => account)).toEqual(
    expect.arrayContaining(['fees:stripe', 'orders', 'provider:stripe']),
  );
  expect(euros.reduce((sum, { balance }) => sum + balance.centAmount, 0)).toBe(0);
}, 60_000);

test.each([
  ['Ledger', { orderId: 'ord_1' }],
  ['TrialBalance', {}],
  ['ReconciliationRuns', {}],
  ['ReconciliationDifferences', {}],
  ['ReconciliationRun', { provider: 'stripe' }],
  ['ReconciliationDifferenceResolve', { id: 'rcd_1', note: 'Cleared up.' }],
])('%s is for staff: a guest and a customer are refused', async (operation, variables) => {
  expect(await codesOf(guest.send(operation, variables))).toEqual(['UNAUTHENTICATED']);
  expect(await codesOf(customer.send(operation, variables))).toEqual(['FORBIDDEN']);
});

test('goods that are paid at the door travel with an invoice; when they are not taken it is credited', async () => {
  const { cart } = await fillCart(guest, { lines: [{ variantId, quantity: 1 }], email: uniqueEmail() });
  const { id: orderId } = (await placeOrder(guest, cart)).data.orderPlace.order;
  interface Session {
    paymentSessionCreate: { payment: { id: string } };
  }
  const session = await guest.send<Session>('PaymentSessionCreate', {
    input: { orderId, provider: 'cash_on_delivery', idempotencyKey: randomUUID() },
  });
  const invoice = one(await documentsOf(guest, orderId, ['INVOICE']), 'INVOICE');
  const { id: paymentId } = session.data.paymentSessionCreate.payment;
  await staff.send('PaymentVoid', { paymentId, idempotencyKey: randomUUID() });
  const note = one(await documentsOf(guest, orderId, ['INVOICE', 'CREDIT_NOTE']), 'CREDIT_NOTE');
  expect(note).toMatchObject({ total: invoice.total, refersTo: invoice.number });
}, 60_000);
