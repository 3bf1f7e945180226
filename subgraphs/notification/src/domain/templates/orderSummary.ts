import { format, type Money } from '@souk/money';
import { html, noHtml, oneLine } from '@souk/runtime/html';
import type { OrderForMail } from '../notification.js';
import type { Block } from './layout.js';

/** An amount as the order's customer writes it; English when the locale is not known. */
export function amount(money: Money, locale: string): string {
  try {
    return format(money, locale);
  } catch (error) {
    if (error instanceof RangeError) return format(money, 'en');
    throw error;
  }
}

const cell =
  'padding:10px 0;border-bottom:1px solid #e8e5de;font-size:15px;line-height:22px;color:#2b2b33;vertical-align:top';
const sumCell = 'padding:4px 0;font-size:15px;line-height:22px;color:#2b2b33';

/** The lines of an order and how they add up. */
export function orderSummary(order: OrderForMail): Block {
  const money = (value: Money): string => amount(value, order.locale);
  const sums: [label: string, value: string][] = [
    ['Subtotal', money(order.subtotal)],
    ...(order.discount.centAmount > 0 ? [['Discount', `−${money(order.discount)}`] satisfies [string, string]] : []),
    ['Shipping', money(order.shipping)],
    [taxIsIncluded(order) ? 'Including tax' : 'Tax', money(order.tax)],
  ];
  const rows = order.lines.map(
    (line) =>
      html`<tr><td style="${{ html: cell }}">${line.productName}${
        line.variantName === null ? noHtml : html`<br><span style="color:#6b6b76">${line.variantName}</span>`
      }<br><span style="font-size:13px;color:#6b6b76">${line.sku}</span></td><td align="right" style="${{ html: cell }};white-space:nowrap">${line.quantity} × ${money(
        line.unitPrice,
      )}</td><td align="right" style="${{ html: cell }};white-space:nowrap;padding-left:16px">${money(line.total)}</td></tr>`,
  );
  const sumRows = sums.map(
    ([label, value]) =>
      html`<tr><td colspan="2" style="${{ html: sumCell }}">${label}</td><td align="right" style="${{ html: sumCell }};white-space:nowrap">${value}</td></tr>`,
  );
  return {
    html: html`<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin:8px 0 24px">${rows}<tr><td colspan="3" style="height:8px"></td></tr>${sumRows}<tr><td colspan="2" style="padding:8px 0;font-size:17px;font-weight:700;color:#2b2b33">Total</td><td align="right" style="padding:8px 0;font-size:17px;font-weight:700;color:#2b2b33;white-space:nowrap">${money(order.total)}</td></tr></table>`,
    text: [
      ...order.lines.map((line) => {
        const name = [line.productName, line.variantName].filter((part) => part !== null).join(', ');
        return `${line.quantity} × ${oneLine(name)} (${oneLine(line.sku)}): ${money(line.total)}`;
      }),
      ...sums.map(([label, value]) => `${label}: ${value}`),
      `Total: ${money(order.total)}`,
    ].join('\n'),
  };
}

/** Whether the prices contain the tax: then the other parts make the total without it. */
const taxIsIncluded = ({ subtotal, discount, shipping, total }: OrderForMail): boolean =>
  subtotal.centAmount - discount.centAmount + shipping.centAmount === total.centAmount;

/** Where an order goes. */
export function shippingAddress(order: OrderForMail): Block {
  const { fullName, company, streetLine1, streetLine2, postalCode, city, region, countryCode } = order.shippingAddress;
  const place = [postalCode, city].filter((part) => part !== null && part !== '').join(' ');
  const lines = [fullName, company, streetLine1, streetLine2, place, region, countryCode].filter(
    (line): line is string => line !== null && line !== '',
  );
  return {
    html: html`<p style="margin:0 0 8px;font-size:14px;font-weight:600;color:#6b6b76">Delivery address</p><p style="margin:0 0 16px;font-size:15px;line-height:22px;color:#2b2b33">${lines.map(
      (line, index) => (index === 0 ? html`${line}` : html`<br>${line}`),
    )}</p>`,
    text: ['Delivery address:', ...lines.map((line) => oneLine(line))].join('\n'),
  };
}
