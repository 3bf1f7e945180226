import { html, noHtml, oneLine } from '@souk/runtime/html';
import type { Block } from './layout.js';

interface Article {
  readonly productName: string;
  readonly variantName: string | null;
  readonly quantity: number;
}

/** What is in a parcel, or comes back: without prices, they are not the point. */
export const articles = (heading: string, lines: readonly Article[]): Block => ({
  html: html`<p style="margin:0 0 8px;font-size:14px;font-weight:600;color:#6b6b76">${heading}</p><p style="margin:0 0 16px;font-size:15px;line-height:22px;color:#2b2b33">${lines.map(
    (line, index) => html`${index === 0 ? noHtml : html`<br>`}${line.quantity} × ${nameOf(line)}`,
  )}</p>`,
  text: [`${oneLine(heading)}:`, ...lines.map((line) => `${line.quantity} × ${nameOf(line)}`)].join('\n'),
});

/** An article as one line says it. */
export const nameOf = ({ productName, variantName }: Pick<Article, 'productName' | 'variantName'>): string =>
  oneLine([productName, variantName].filter((part) => part !== null).join(', '));
