import { invoiceOf } from '../../domain/documents/invoice.js';
import { issued, orderLine, orderToInvoice, SELLER } from '../../testing/documentSamples.js';
import { openTypeOf } from './openTypeOf.js';
import { renderHtml } from './renderHtml.js';
import { renderPdf } from './renderPdf.pdfkit.js';

const invoice = (order = orderToInvoice()) => issued(invoiceOf(order, SELLER));

test('the same document gives the same bytes, in both formats, at any time', async () => {
  const render = () => Promise.all([renderPdf(invoice()), renderHtml(invoice())]);
  const [pdf, page] = await render();
  const RealDate = Date;
  globalThis.Date = class extends RealDate {
    constructor(...parts: [] | [value: string | number]) {
      super(...((parts.length === 0 ? ['2031-01-01T00:00:00.000Z'] : parts) as [string]));
    }
  } as DateConstructor;
  const [laterPdf, laterPage] = await render().finally(() => {
    globalThis.Date = RealDate;
  });
  expect([laterPdf.equals(pdf), laterPage.equals(page)]).toEqual([true, true]);
});

test('its bytes do not depend on what was rendered before', async () => {
  const { lines } = orderToInvoice();
  const named = (productName: string) =>
    invoice(orderToInvoice({ lines: lines.map((line) => ({ ...line, productName })) }));
  // both letters have one glyph: which of them it stands for in this document is written into the file
  const [ohm, omega] = [named('\u2126 5'), named('\u03a9 5')];
  await renderPdf(omega);
  const after = await renderPdf(ohm);
  const fresh = './renderPdf.pdfkit.js?fresh';
  const { renderPdf: renderFirst } = (await import(fresh)) as { renderPdf: typeof renderPdf };
  expect(renderFirst).not.toBe(renderPdf);
  expect((await renderFirst(ohm)).equals(after)).toBe(true);
});

test('a PDF embeds the part of the font that it uses, and has the document’s dates', async () => {
  const bytes = await renderPdf(invoice());
  const text = bytes.toString('latin1');
  expect(text).toMatch(/^%PDF-1\./);
  expect(text).toContain('IBMPlexSans');
  expect(text).toContain('(D:20261122113105Z)');
  expect(bytes.length).toBeLessThan(40_000);
});

test('a long invoice has several pages; one with Greek, Cyrillic and Polish names is rendered', async () => {
  const names = ['Επιτραπέζιο φωτιστικό', 'Настольная лампа «Заря»', 'Łampka biurkowa żółta'];
  const lines = Array.from({ length: 60 }, (_, index) =>
    orderLine({
      id: `oln_${index}`,
      productName: names[index % 3] ?? '',
      quantity: 1,
      discountCents: 0,
      totalCents: 1_999,
      taxCents: 319,
    }),
  );
  const order = orderToInvoice({
    lines,
    discountCents: 0,
    shippingCents: 0,
    shippingTaxCents: 0,
    taxCents: 60 * 319,
    totalCents: 60 * 1_999,
  });
  const text = (await renderPdf(invoice(order))).toString('latin1');
  expect(Number(/\/Count (\d+)/.exec(text)?.[1])).toBeGreaterThan(2);
});

test('what customers wrote is text in HTML, never markup, and the page has neither scripts nor addresses of others', async () => {
  const address = { ...orderToInvoice().shippingAddress, fullName: '<script>alert(1)</script>', company: '"&\'' };
  const page = (await renderHtml(invoice(orderToInvoice({ shippingAddress: address })))).toString();
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(page).toContain('&quot;&amp;&#39;');
  expect(page).not.toMatch(/<script|<img|<link|https?:\/\/|javascript:/i);
});

test('the page has a language, one main heading, and tables whose columns and rows have headers', async () => {
  const page = (await renderHtml(invoice())).toString();
  expect(page).toContain('<html lang="en">');
  expect(page.match(/<h1>/g)).toHaveLength(1);
  expect(page.match(/<caption>/g)).toHaveLength(2);
  expect(page.match(/<th scope="col">/g)).toHaveLength(6 + 4);
  expect(page.match(/<th scope="row">/g)).toHaveLength(2 + 1);
  expect(page).toContain('@media print');
});

test('only WOFF is taken for a WOFF font', () => {
  expect(() => openTypeOf(Buffer.from('no font at all, though it is long enough to be one'))).toThrow(RangeError);
});
