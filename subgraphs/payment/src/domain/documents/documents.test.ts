import fc from 'fast-check';
import { issued, orderLine, orderToInvoice, SELLER } from '../../testing/documentSamples.js';
import type { DocumentModel, TaxRow } from './document.js';
import { seriesLabel } from './documentNumber.js';
import { documentView } from './documentView.js';
import { DoesNotAddUp, invoiceOf, invoiceOfEdit } from './invoice.js';
import {
  cancellationOf,
  correctionOf,
  creditNoteOf,
  type Earlier,
  type Movement,
  receiptOf,
} from './moneyDocuments.js';
import { addedUp, grossOf, taxesOfFirst, taxesOfNext, taxOf, taxRows } from './taxTable.js';

const PAYMENT = { provider: 'Stripe', reference: 'pi_1', method: 'visa •••• 4242', at: '2026-11-22T11:31:00.000Z' };
const movement = (parts: Partial<Movement>): Movement => ({
  amountCents: 5_470,
  beforeCents: 0,
  payment: PAYMENT,
  ...parts,
});
const reference = { kind: 'INVOICE', number: 'SOUK-2026-000017', issuedAt: '2026-11-22T11:31:05.000Z' } as const;
const referable = (model: DocumentModel) => ({ model, reference });

const invoice = (order = orderToInvoice()): DocumentModel => invoiceOf(order, SELLER);
const earlier = (parts: Partial<Earlier> = {}): Earlier => ({
  invoices: [referable(invoice())],
  notes: [],
  keptCents: 0,
  ...parts,
});

test('the tax table of an invoice has the order’s tax and total, per rate', () => {
  expect(invoice()).toMatchObject({
    kind: 'INVOICE',
    taxes: [{ basisPoints: 1_900, netCents: 4_597, taxCents: 873, grossCents: 5_470 }],
    totalCents: 5_470,
    billTo: { fullName: 'Ada Lovelace' },
    shipTo: null,
  });
  const lines = [
    orderLine({ taxCents: 635, taxBasisPoints: 1_900 }),
    orderLine({
      id: 'oln_2',
      quantity: 1,
      unitPriceCents: 1_000,
      discountCents: 0,
      totalCents: 1_000,
      taxCents: 65,
      taxBasisPoints: 700,
    }),
  ];
  expect(invoice(orderToInvoice({ lines, taxCents: 635 + 65 + 78 })).taxes).toEqual([
    { basisPoints: 1_900, netCents: 3_757, taxCents: 713, grossCents: 4_470 },
    { basisPoints: 700, netCents: 935, taxCents: 65, grossCents: 1_000 },
  ]);
});

test('with prices without tax, the tax is added to the net amounts', () => {
  const order = orderToInvoice({ taxIncluded: false, totalCents: 5_470 + 873 });
  expect(invoice(order).taxes).toEqual([{ basisPoints: 1_900, netCents: 5_470, taxCents: 873, grossCents: 6_343 }]);
});

test('what an old order did not keep is derived: shares of shipping, and a rate that says that it is computed', () => {
  const old = orderToInvoice({
    shippingDiscountCents: null,
    shippingTaxCents: null,
    shippingTaxBasisPoints: null,
    lines: orderToInvoice().lines.map((line) => ({ ...line, taxBasisPoints: null })),
  });
  const model = invoice(old);
  expect(model.taxes).toEqual([{ basisPoints: null, netCents: 4_597, taxCents: 873, grossCents: 5_470 }]);
  expect(documentView(issued(model)).taxes).toEqual([{ rate: '≈ 19%', net: '€45.97', tax: '€8.73', gross: '€54.70' }]);
});

test('an order whose amounts do not add up gets no invoice', () => {
  expect(() => invoice(orderToInvoice({ totalCents: 5_471 }))).toThrow(DoesNotAddUp);
  expect(() => invoice(orderToInvoice({ taxCents: 872 }))).toThrow(DoesNotAddUp);
});

test('the invoice of an edit has what was added, and refers to the first one', () => {
  const more = orderToInvoice({
    lines: [
      orderLine({ quantity: 3, totalCents: 5_979, taxCents: 955 }),
      ...orderToInvoice().lines.slice(1),
      orderLine({
        id: 'oln_3',
        productName: 'Shade',
        sku: 'SHADE',
        quantity: 1,
        unitPriceCents: 500,
        discountCents: 0,
        totalCents: 500,
        taxCents: 80,
      }),
    ],
    taxCents: 873 + 320 + 80,
    totalCents: 5_470 + 1_999 + 500,
  });
  const ofEdit = invoiceOfEdit(more, SELLER, 2_499, [referable(invoice())]);
  expect(ofEdit).toMatchObject({
    lines: [
      { lineId: 'oln_1', quantity: 1, unitPriceCents: 1_999, discountCents: 0, totalCents: 1_999, taxCents: 320 },
      { lineId: 'oln_3', quantity: 1, totalCents: 500, taxCents: 80 },
    ],
    shipping: null,
    taxes: [{ basisPoints: 1_900, netCents: 2_099, taxCents: 400, grossCents: 2_499 }],
    totalCents: 2_499,
    refersTo: reference,
  });
  expect(documentView(issued(ofEdit)).statement).toContain('after invoice SOUK-2026-000017');
});

test('after other edits the invoice of an edit has the amount alone, with its share of the taxes', () => {
  const dearerAgain = orderToInvoice({ totalCents: 5_470 });
  const ofEdit = invoiceOfEdit(dearerAgain, SELLER, 1_000, [referable(invoice())]);
  expect(ofEdit).toMatchObject({
    lines: [],
    shipping: null,
    totalCents: 1_000,
    taxes: [{ taxCents: 160, grossCents: 1_000 }],
  });
});

test('an order that became cheaper or was cancelled before it was paid has its invoice corrected, once', () => {
  const cheaper = orderToInvoice({ totalCents: 4_470 });
  const note = correctionOf(cheaper, SELLER, earlier());
  expect(note).toMatchObject({
    kind: 'CREDIT_NOTE',
    totalCents: 1_000,
    refersTo: reference,
    taxes: [{ taxCents: 160 }],
  });
  if (note === null) throw new Error('nothing was corrected');
  expect(documentView(issued(note)).total).toEqual({ label: 'Amount credited', value: '€10.00' });
  expect(correctionOf(cheaper, SELLER, earlier({ notes: [{ model: note }] }))).toBeNull();
  const cancelled = correctionOf(
    orderToInvoice({ status: 'CANCELLED' }),
    SELLER,
    earlier({ notes: [{ model: note }] }),
  );
  expect(cancelled).toMatchObject({ totalCents: 4_470, taxes: [{ taxCents: 713 }] });
});

test('what was paid is credited when it goes back, not before', () => {
  expect(correctionOf(orderToInvoice({ status: 'CANCELLED' }), SELLER, earlier({ keptCents: 5_470 }))).toBeNull();
  expect(correctionOf(orderToInvoice({ totalCents: 4_470 }), SELLER, earlier({ keptCents: 5_470 }))).toBeNull();
});

test('a receipt has its share of the order’s taxes', () => {
  const whole = receiptOf(orderToInvoice(), SELLER, movement({}));
  expect(whole).toMatchObject({ kind: 'RECEIPT', totalCents: 5_470, taxes: [{ taxCents: 873, grossCents: 5_470 }] });
  const first = receiptOf(orderToInvoice(), SELLER, movement({ amountCents: 1_000 }));
  const rest = receiptOf(orderToInvoice(), SELLER, movement({ amountCents: 4_470, beforeCents: 1_000 }));
  expect(first.taxes).toEqual([{ basisPoints: 1_900, netCents: 840, taxCents: 160, grossCents: 1_000 }]);
  expect(addedUp([first.taxes, rest.taxes])).toEqual(whole.taxes);
});

test('credit notes of one order take off its taxes exactly, and refer to its invoice', () => {
  const one = creditNoteOf(orderToInvoice(), SELLER, movement({ amountCents: 1_001 }), earlier({ keptCents: 4_469 }));
  const two = creditNoteOf(
    orderToInvoice(),
    SELLER,
    movement({ amountCents: 4_469, beforeCents: 1_001 }),
    earlier({ notes: [{ model: one }] }),
  );
  expect(one).toMatchObject({ refersTo: reference, taxes: [{ taxCents: 160, grossCents: 1_001 }] });
  expect(two).toMatchObject({ refersTo: reference, taxes: [{ taxCents: 713, grossCents: 4_469 }] });
});

test('money that no invoice was written for is refunded without tax: it came too late, or was too much', () => {
  const late = creditNoteOf(orderToInvoice({ confirmedAt: null }), SELLER, movement({}), earlier({ invoices: [] }));
  expect(late).toMatchObject({ taxes: [], refersTo: null, totalCents: 5_470 });
  expect(documentView(issued(late)).title).toBe('Refund confirmation');
  const twice = creditNoteOf(orderToInvoice(), SELLER, movement({}), earlier({ keptCents: 5_470 }));
  expect(twice).toMatchObject({ taxes: [], refersTo: null, totalCents: 5_470 });
});

test('a refund that comes back takes its credit note back', () => {
  const note = creditNoteOf(orderToInvoice(), SELLER, movement({}), earlier());
  const back = cancellationOf({
    model: note,
    reference: { ...reference, kind: 'CREDIT_NOTE', number: 'SOUK-C-2026-000001' },
  });
  expect(back).toMatchObject({ cancels: true, totalCents: -5_470, refersTo: { number: 'SOUK-C-2026-000001' } });
  expect(addedUp([note.taxes, back.taxes])).toEqual([]);
  expect(documentView(issued(back)).title).toBe('Cancellation of a credit note');
});

const rows = fc
  .array(
    fc.record({
      taxBasisPoints: fc.constantFrom(0, 700, 1_900, 2_500),
      cents: fc.integer({ min: 1, max: 1_000_000 }),
      share: fc.double({ min: 0, max: 0.2, noNaN: true }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) =>
    taxRows(
      parts.map((part) => ({ ...part, taxCents: part.taxBasisPoints === 0 ? 0 : Math.floor(part.cents * part.share) })),
      true,
    ),
  );

test('however an amount is taken in parts, their taxes sum to the whole, each part to its amount', () => {
  fc.assert(
    fc.property(rows, fc.array(fc.integer({ min: 1, max: 500_000 }), { maxLength: 12 }), (whole, wanted) => {
      let given: TaxRow[] = [];
      const parts: TaxRow[][] = [];
      for (const cents of wanted) {
        const possible = Math.min(cents, grossOf(whole) - grossOf(given));
        const part = taxesOfNext(whole, given, possible);
        expect(grossOf(part)).toBe(possible);
        for (const row of part) expect(row.netCents + row.taxCents).toBe(row.grossCents);
        parts.push(part);
        given = addedUp([given, part]);
      }
      const rest = taxesOfNext(whole, given, grossOf(whole) - grossOf(given));
      expect(addedUp([...parts, rest])).toEqual(addedUp([whole]));
      expect(taxOf(taxesOfFirst(whole, grossOf(whole) + 1))).toBe(taxOf(whole));
    }),
  );
});

test('numbers are of a kind, a legal entity and a year', () => {
  expect(seriesLabel('INVOICE', 'SOUK', 2026)).toBe('SOUK-2026');
  expect(seriesLabel('RECEIPT', 'SOUK', 2026)).toBe('SOUK-R-2026');
  expect(seriesLabel('CREDIT_NOTE', 'ACME', 2027)).toBe('ACME-C-2027');
});

test('amounts and dates are written as in the order’s locale, in its currency; an unknown locale counts as English', () => {
  const german = documentView(issued(invoice(orderToInvoice({ locale: 'de-AT' }))));
  expect(german.total).toEqual({ label: 'Total', value: '€\u00a054,70' });
  expect(german.facts[0]).toEqual({ label: 'Date', value: '22. November 2026' });
  const unknown = documentView(issued(invoice(orderToInvoice({ locale: 'not a locale' }))));
  expect(unknown.total).toEqual({ label: 'Total', value: '€54.70' });
});

test('a day is the day in UTC, wherever the process runs', () => {
  const late = issued(invoice(), { issuedAt: new Date('2026-12-31T23:59:59.999Z') });
  expect(documentView(late).facts[0]?.value).toBe('December 31, 2026');
});

test('line breaks and direction marks in a customer’s texts are taken out', () => {
  const address = { ...orderToInvoice().shippingAddress, fullName: 'Ada\r\nLove\u202elace' };
  const view = documentView(issued(invoice(orderToInvoice({ shippingAddress: address }))));
  expect(view.addresses[0]?.lines[0]).toBe('Ada Love lace');
});
