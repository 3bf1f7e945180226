import { money, toDecimal } from '@souk/money';
import type { OrderLine, OrderView } from './order.js';

type Column = readonly [name: string, value: (order: OrderView, line: OrderLine) => string | number | null];

const amount =
  (pick: (order: OrderView, line: OrderLine) => number) =>
  (order: OrderView, line: OrderLine): string =>
    toDecimal(money(pick(order, line), order.currencyCode));

/** The columns of an export, one row per order line; amounts in units of the currency, such as 19.99. */
const COLUMNS: readonly Column[] = [
  ['orderNumber', (order) => order.number],
  ['orderId', (order) => order.id],
  ['status', (order) => order.status],
  ['fulfillmentStatus', (order) => order.fulfillmentStatus],
  ['placedAt', (order) => order.placedAt.toISOString()],
  ['confirmedAt', (order) => order.confirmedAt?.toISOString() ?? null],
  ['customerId', (order) => order.customerId],
  ['email', (order) => order.email],
  ['shippingName', (order) => order.shippingAddress.fullName],
  ['shippingCity', (order) => order.shippingAddress.city],
  ['shippingPostalCode', (order) => order.shippingAddress.postalCode ?? null],
  ['shippingCountry', (order) => order.shippingAddress.countryCode],
  ['shippingMethod', (order) => order.shippingMethodName],
  ['currency', (order) => order.currencyCode],
  ['sku', (_, line) => line.sku],
  ['productName', (_, line) => line.productName],
  ['variantName', (_, line) => line.variantName],
  ['quantity', (_, line) => line.quantity],
  ['quantityFulfilled', (_, line) => line.quantityFulfilled],
  ['quantityReturned', (_, line) => line.quantityReturned],
  ['unitPrice', amount((_, line) => line.unitPriceCents)],
  ['lineDiscount', amount((_, line) => line.discountCents)],
  ['lineTax', amount((_, line) => line.taxCents)],
  ['lineTotal', amount((_, line) => line.totalCents)],
  ['orderSubtotal', amount((order) => order.subtotalCents)],
  ['orderDiscount', amount((order) => order.discountCents)],
  ['orderShipping', amount((order) => order.shippingCents)],
  ['orderTax', amount((order) => order.taxCents)],
  ['orderTotal', amount((order) => order.totalCents)],
];

/** What a spreadsheet would take for a formula, and so could run: such a cell is shown as text. */
const FORMULA = /^[=+\-@\t\r\n]/;

function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n;]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** RFC 4180, in UTF-8 with the mark that spreadsheets look for. */
export const csvHeader = `\uFEFF${COLUMNS.map(([name]) => name).join(',')}\r\n`;

/** An order's lines as rows of a CSV file. */
export const csvRows = (order: OrderView): string =>
  (order.lines ?? []).map((line) => `${COLUMNS.map(([, value]) => cell(value(order, line))).join(',')}\r\n`).join('');

/** An order's lines as JSON objects, one per row. */
export const jsonRows = (order: OrderView): string =>
  (order.lines ?? [])
    .map(
      (line) => `${JSON.stringify(Object.fromEntries(COLUMNS.map(([name, value]) => [name, value(order, line)])))}\n`,
    )
    .join('');
