import { readFile } from 'node:fs/promises';
import type { Font } from 'fontkit';
import type { RenderDocument } from '../../app/documents/documentPorts.js';
import type { IssuedDocument } from '../../domain/documents/document.js';
import { type DocumentView, documentView } from '../../domain/documents/documentView.js';
import { openTypeOf } from './openTypeOf.js';
import { type Column, drawTable } from './pdfTable.js';

const FONTS = new URL('../../../fonts/', import.meta.url);
const MARGIN = 50;
const FOOTER_HEIGHT = 62;
const INK = '#22242a';
const SOFT = '#5d626d';
const RULE = '#dcdfe5';
const BRAND = '#1f4d3a';

/** Loaded when the first document is rendered: the library and its font engine are 30 MB that most processes never need. */
async function load() {
  const { default: PdfDocument } = await import('pdfkit');
  const { create } = await import('fontkit');
  const font = async (file: string) => create(await openTypeOf(await readFile(new URL(file, FONTS))));
  return {
    PdfDocument,
    regular: await font('IBMPlexSans-Regular.woff'),
    bold: await font('IBMPlexSans-SemiBold.woff'),
  };
}
let loading: ReturnType<typeof load> | undefined;

/**
 * A document as a PDF of A4 pages. Its dates and its id come from the document, so the same document gives the same bytes. The
 * embedded font has Latin, Greek and Cyrillic letters; a letter of another script is a box here (the HTML format shows all).
 */
export const renderPdf: RenderDocument = async (document) => {
  loading ??= load();
  const { PdfDocument, regular, bold } = await loading.catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  const view = documentView(document);
  const pdf = new PdfDocument({
    size: 'A4',
    margins: { top: MARGIN, left: MARGIN, right: MARGIN, bottom: FOOTER_HEIGHT + 18 },
    bufferPages: true,
    lang: view.language,
    displayTitle: true,
    info: infoOf(document, view),
  });
  pdf.registerFont('regular', unusedCopy(regular));
  pdf.registerFont('bold', unusedCopy(bold));
  const chunks: Buffer[] = [];
  const finished = new Promise<Buffer>((resolve, reject) => {
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
    pdf.on('end', () => resolve(Buffer.concat(chunks)));
    pdf.on('error', reject);
  });
  draw(pdf, view);
  pdf.end();
  return finished;
};

/**
 * The font with its tables, which are parsed once: given as bytes they are parsed for each document, which takes four times as long as all the
 * rest. A font object also remembers which characters a glyph was first used for, and that is written into the file: each document begins
 * without that memory, so that its bytes do not depend on those before it.
 */
function unusedCopy(font: Font): Font {
  const { _glyphs, _layoutEngine, ...tables } = Object.getOwnPropertyDescriptors(font);
  return Object.create(Object.getPrototypeOf(font), {
    ...tables,
    _glyphs: { value: {}, writable: true, configurable: true, enumerable: true },
  });
}

const infoOf = ({ issuedAt }: IssuedDocument, view: DocumentView) => ({
  Title: `${view.title} ${view.number}`,
  Author: view.seller.name,
  Creator: 'Souk',
  Producer: 'Souk',
  CreationDate: issuedAt,
  ModDate: issuedAt,
});

function draw(pdf: PDFKit.PDFDocument, view: DocumentView): void {
  const width = pdf.page.width - 2 * MARGIN;
  drawHead(pdf, view, width);
  drawParties(pdf, view, width);
  if (view.statement !== null) {
    pdf.font('regular').fontSize(12).fillColor(INK).text(view.statement, MARGIN, pdf.y, { width });
    pdf.y += 14;
  }
  if (view.lines.length > 0) drawLines(pdf, view, width);
  drawSums(pdf, view, width);
  if (view.taxes.length > 0) drawTaxes(pdf, view);
  for (const note of view.notes) {
    pdf.font('regular').fontSize(9).fillColor(SOFT).text(note, MARGIN, pdf.y, { width });
  }
  drawFooters(pdf, view, width);
}

function drawHead(pdf: PDFKit.PDFDocument, view: DocumentView, width: number): void {
  const left = width * 0.55;
  const right = { width: width - left, align: 'right' } as const;
  pdf.font('bold').fontSize(15).fillColor(BRAND).text(view.seller.name, MARGIN, MARGIN, { width: left });
  pdf.font('regular').fontSize(9).fillColor(SOFT).text(view.seller.address.join('\n'), { width: left });
  const leftEnd = pdf.y;
  pdf
    .font('bold')
    .fontSize(20)
    .fillColor(INK)
    .text(view.title, MARGIN + left, MARGIN - 4, right);
  pdf
    .font('regular')
    .fontSize(11)
    .text(view.number, MARGIN + left, pdf.y, right);
  pdf.y = Math.max(leftEnd, pdf.y) + 12;
  pdf
    .moveTo(MARGIN, pdf.y)
    .lineTo(MARGIN + width, pdf.y)
    .lineWidth(1.2)
    .strokeColor(BRAND)
    .stroke();
  pdf.y += 18;
}

function drawParties(pdf: PDFKit.PDFDocument, view: DocumentView, width: number): void {
  const top = pdf.y;
  const columns = view.addresses.length + 1;
  const gap = 18;
  // The facts have longer lines than the addresses.
  const factsWidth = columns === 2 ? width * 0.5 : width * 0.42;
  const addressWidth = (width - factsWidth) / view.addresses.length - gap;
  let end = top;
  view.addresses.forEach(({ label, lines }, index) => {
    const x = MARGIN + index * (addressWidth + gap);
    pdf.font('bold').fontSize(8.5).fillColor(SOFT).text(label, x, top, { width: addressWidth });
    pdf
      .font('regular')
      .fontSize(10)
      .fillColor(INK)
      .text(lines.join('\n'), x, pdf.y + 3, { width: addressWidth });
    end = Math.max(end, pdf.y);
  });
  const factsLeft = MARGIN + width - factsWidth;
  pdf.font('bold').fontSize(8.5).fillColor(SOFT).text('Details', factsLeft, top, { width: factsWidth });
  pdf.y += 3;
  for (const { label, value } of view.facts) {
    const y = pdf.y;
    pdf.font('regular').fontSize(10).fillColor(SOFT).text(label, factsLeft, y, { width: 74 });
    pdf.fillColor(INK).text(value, factsLeft + 78, y, { width: factsWidth - 78 });
    end = Math.max(end, pdf.y);
  }
  pdf.y = end + 22;
}

function drawLines(pdf: PDFKit.PDFDocument, view: DocumentView, width: number): void {
  const numbers: Column[] = [
    { head: 'Quantity', width: 50, align: 'right' },
    { head: 'Unit price', width: 72, align: 'right' },
    ...(view.hasDiscounts ? [{ head: 'Discount', width: 66, align: 'right' } as const] : []),
    { head: 'Tax', width: 48, align: 'right' },
    { head: 'Amount', width: 78, align: 'right' },
  ];
  const rest = width - numbers.reduce((sum, column) => sum + column.width, 0);
  drawTable(
    pdf,
    {
      left: MARGIN,
      columns: [{ head: 'Article', width: rest, align: 'left' }, ...numbers],
      ink: INK,
      soft: SOFT,
      rule: RULE,
    },
    view.lines.map((line) => ({
      cells: [
        line.name,
        line.quantity,
        line.unitPrice,
        ...(view.hasDiscounts ? [line.discount] : []),
        line.rate,
        line.total,
      ],
      detail: line.detail,
    })),
  );
  pdf.y += 12;
}

function drawSums(pdf: PDFKit.PDFDocument, view: DocumentView, width: number): void {
  const rows = [...view.sums, view.total];
  const sumsWidth = 250;
  const left = MARGIN + width - sumsWidth;
  keepTogether(pdf, rows.length * 17 + 20);
  for (const { label, value } of view.sums) {
    const y = pdf.y;
    pdf.font('regular').fontSize(10).fillColor(SOFT).text(label, left, y, { width: 150 });
    const end = pdf.y;
    pdf.fillColor(INK).text(value, left + 150, y, { width: sumsWidth - 150, align: 'right' });
    pdf.y = Math.max(end, pdf.y) + 3;
  }
  pdf.y += 3;
  pdf
    .moveTo(left, pdf.y)
    .lineTo(left + sumsWidth, pdf.y)
    .lineWidth(1)
    .strokeColor(INK)
    .stroke();
  pdf.y += 6;
  const y = pdf.y;
  pdf.font('bold').fontSize(13).fillColor(INK).text(view.total.label, left, y, { width: 140 });
  pdf.text(view.total.value, left + 110, y, { width: sumsWidth - 110, align: 'right' });
  pdf.y += 22;
}

function drawTaxes(pdf: PDFKit.PDFDocument, view: DocumentView): void {
  const rows = [...view.taxes, ...(view.taxTotal === null ? [] : [view.taxTotal])];
  keepTogether(pdf, rows.length * 24 + 50);
  const columns: Column[] = [
    { head: 'Tax rate', width: 80, align: 'left' },
    { head: 'Net', width: 90, align: 'right' },
    { head: 'Tax', width: 90, align: 'right' },
    { head: 'Gross', width: 90, align: 'right' },
  ];
  drawTable(
    pdf,
    { left: MARGIN, columns, ink: INK, soft: SOFT, rule: RULE },
    rows.map((row) => ({ cells: [row.rate, row.net, row.tax, row.gross], detail: '', strong: row === view.taxTotal })),
  );
  pdf.y += 16;
}

function keepTogether(pdf: PDFKit.PDFDocument, height: number): void {
  if (pdf.y + height > pdf.page.maxY()) pdf.addPage();
}

/** On every page, once it is known how many there are. */
function drawFooters(pdf: PDFKit.PDFDocument, view: DocumentView, width: number): void {
  const { start, count } = pdf.bufferedPageRange();
  for (let page = start; page < start + count; page += 1) {
    pdf.switchToPage(page);
    // The footer lies in the margin, where text would begin a new page.
    pdf.page.margins.bottom = 0;
    const top = pdf.page.height - FOOTER_HEIGHT;
    pdf
      .moveTo(MARGIN, top)
      .lineTo(MARGIN + width, top)
      .lineWidth(0.6)
      .strokeColor(RULE)
      .stroke();
    pdf.font('regular').fontSize(8).fillColor(SOFT);
    pdf.text(view.legal.join('\n'), MARGIN, top + 8, { width: width - 90, height: 36, ellipsis: true });
    const place = `${view.number}\nPage ${page - start + 1} of ${count}`;
    pdf.text(place, MARGIN + width - 150, top + 8, { width: 150, align: 'right' });
  }
}
