import { type Html, html, noHtml } from '@souk/runtime/html';
import type { RenderDocument } from '../../app/documents/documentPorts.js';
import { type DocumentView, documentView, type Fact } from '../../domain/documents/documentView.js';

const STYLE = `
:root{color-scheme:light;--ink:#22242a;--soft:#5d626d;--rule:#dcdfe5;--brand:#1f4d3a}
*{box-sizing:border-box}
body{margin:0;background:#f1f2f4;color:var(--ink);font:15px/1.5 -apple-system,"Segoe UI",Roboto,"Noto Sans",Helvetica,Arial,sans-serif}
main{max-width:820px;margin:32px auto;padding:48px 56px;background:#fff;border-radius:6px;box-shadow:0 1px 4px rgba(20,24,31,.14)}
header{display:flex;justify-content:space-between;gap:32px;padding-bottom:24px;border-bottom:2px solid var(--brand)}
.seller{font-weight:700;font-size:20px;color:var(--brand)}
.soft,address{color:var(--soft);font-style:normal;font-size:14px}
h1{margin:0;font-size:28px;line-height:1.2;text-align:right}
.number{margin:4px 0 0;text-align:right;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
h2{margin:0 0 6px;font-size:13px;letter-spacing:.02em;color:var(--soft);font-weight:600}
.parties{display:grid;grid-template-columns:repeat(auto-fit,minmax(200px,1fr));gap:24px 32px;margin:28px 0}
.parties address{color:var(--ink);font-size:15px}
dl{display:grid;grid-template-columns:auto 1fr;gap:2px 16px;margin:0}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums}
caption{text-align:left;padding-bottom:6px;font-size:13px;font-weight:600;color:var(--soft)}
th{padding:8px 0 8px 12px;text-align:right;font-size:13px;color:var(--soft);border-bottom:1px solid var(--ink);white-space:nowrap}
td{padding:10px 0 10px 12px;text-align:right;vertical-align:top;border-bottom:1px solid var(--rule);white-space:nowrap}
th:first-child,td:first-child{padding-left:0;text-align:left;white-space:normal}
.scroll th:first-child{min-width:9em}
tbody th{color:var(--ink);font-size:15px;font-weight:600;border-bottom:1px solid var(--rule);vertical-align:top;padding:10px 0;overflow-wrap:anywhere}
tbody th .soft{display:block;font-weight:400}
.statement{font-size:17px;margin:0 0 24px}
.sums{margin:20px 0 0 auto;width:min(100%,380px)}
.sums dl{grid-template-columns:1fr auto;font-variant-numeric:tabular-nums}
.sums dd{text-align:right}
.sums .total{margin-top:8px;padding-top:8px;border-top:2px solid var(--ink);font-size:19px;font-weight:700}
.sums .total dt{color:var(--ink)}
.taxes{margin-top:32px;max-width:520px}
.taxes tfoot td,.taxes tfoot th{font-weight:600;border-bottom:0;color:var(--ink);font-size:15px}
.notes{margin:28px 0 0;color:var(--soft)}
footer{margin-top:40px;padding-top:16px;border-top:1px solid var(--rule);font-size:13px;color:var(--soft)}
footer p{margin:0}
@media (max-width:640px){main{margin:0;padding:24px 18px;border-radius:0}header{flex-direction:column}h1,.number{text-align:left}.scroll{overflow-x:auto}}
@page{size:A4;margin:18mm 16mm}
@media print{body{background:#fff;font-size:10.5pt}main{margin:0;padding:0;max-width:none;box-shadow:none}thead{display:table-header-group}tr,.sums,.taxes{break-inside:avoid}}
`.replace(/\n/g, '');

/** A document as one page of HTML: no script, nothing from elsewhere, readable by screen readers and on paper. UTF-8. */
export const renderHtml: RenderDocument = async (document) => Buffer.from(pageOf(documentView(document)));

function pageOf(view: DocumentView): string {
  const title = `${view.title} ${view.number}`;
  return html`<!doctype html>
<html lang="${view.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} – ${view.seller.name}</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<main>
<header>
<div><div class="seller">${view.seller.name}</div><address>${broken(view.seller.address)}</address></div>
<div><h1>${view.title}</h1><p class="number">${view.number}</p></div>
</header>
<div class="parties">
${view.addresses.map(({ label, lines }) => html`<section><h2>${label}</h2><address>${broken(lines)}</address></section>`)}
<section><h2>Details</h2><dl>${view.facts.map(pair)}</dl></section>
</div>
${view.statement === null ? noHtml : html`<p class="statement">${view.statement}</p>`}
${view.lines.length === 0 ? noHtml : linesTable(view)}
<section class="sums" aria-label="Sums"><dl>${view.sums.map(pair)}</dl><dl class="total">${pair(view.total)}</dl></section>
${view.taxes.length === 0 ? noHtml : taxTable(view)}
${view.notes.map((note) => html`<p class="notes">${note}</p>`)}
<footer>${view.legal.map((line) => html`<p>${line}</p>`)}</footer>
</main>
</body>
</html>
`.html;
}

const pair = ({ label, value }: Fact): Html => html`<dt>${label}</dt><dd>${value}</dd>`;

const broken = (lines: readonly string[]): Html[] =>
  lines.map((line, index) => (index === 0 ? html`${line}` : html`<br>${line}`));

const linesTable = (view: DocumentView): Html => html`<div class="scroll"><table>
<caption>What was ordered</caption>
<thead><tr><th scope="col">Article</th><th scope="col">Quantity</th><th scope="col">Unit price</th>${
  view.hasDiscounts ? html`<th scope="col">Discount</th>` : noHtml
}<th scope="col">Tax</th><th scope="col">Amount</th></tr></thead>
<tbody>${view.lines.map(
  (line) =>
    html`<tr><th scope="row">${line.name}<span class="soft">${line.detail}</span></th><td>${line.quantity}</td><td>${line.unitPrice}</td>${
      view.hasDiscounts ? html`<td>${line.discount}</td>` : noHtml
    }<td>${line.rate}</td><td>${line.total}</td></tr>
`,
)}</tbody></table></div>`;

const taxTable = ({ taxes, taxTotal }: DocumentView): Html => html`<div class="taxes"><table>
<caption>Tax</caption>
<thead><tr><th scope="col">Rate</th><th scope="col">Net</th><th scope="col">Tax</th><th scope="col">Gross</th></tr></thead>
<tbody>${taxes.map(
  (row) => html`<tr><th scope="row">${row.rate}</th><td>${row.net}</td><td>${row.tax}</td><td>${row.gross}</td></tr>
`,
)}</tbody>${
  taxTotal === null
    ? noHtml
    : html`<tfoot><tr><th scope="row">${taxTotal.rate}</th><td>${taxTotal.net}</td><td>${taxTotal.tax}</td><td>${taxTotal.gross}</td></tr></tfoot>`
}</table></div>`;
