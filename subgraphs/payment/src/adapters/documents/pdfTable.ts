export interface Column {
  readonly head: string;
  readonly width: number;
  readonly align: 'left' | 'right';
}

export interface TableStyle {
  readonly left: number;
  /** The first one is the row's name. */
  readonly columns: readonly Column[];
  readonly ink: string;
  readonly soft: string;
  readonly rule: string;
}

export interface TableRow {
  readonly cells: readonly string[];
  /** Small, below the row's name; may be empty. */
  readonly detail: string;
  readonly strong?: boolean;
}

const PADDING = 6;
const GAP = 8;

/** Draws a table from the document's present position on. A row is never broken; each page begins with the heads again. */
export function drawTable(pdf: PDFKit.PDFDocument, style: TableStyle, rows: readonly TableRow[]): void {
  drawHeads(pdf, style);
  for (const row of rows) {
    const height = heightOf(pdf, style, row);
    if (pdf.y + height > pdf.page.maxY()) {
      pdf.addPage();
      drawHeads(pdf, style);
    }
    drawRow(pdf, style, row, height);
  }
}

const widthOf = ({ columns }: TableStyle): number => columns.reduce((sum, column) => sum + column.width, 0);

function drawHeads(pdf: PDFKit.PDFDocument, style: TableStyle): void {
  const top = pdf.y;
  pdf.font('bold').fontSize(8.5).fillColor(style.soft);
  let x = style.left;
  for (const { head, width, align } of style.columns) {
    pdf.text(head, x, top, { width, align, lineBreak: false });
    x += width;
  }
  rule(pdf, style, top + 14, style.ink);
  pdf.y = top + 14;
}

function heightOf(pdf: PDFKit.PDFDocument, { columns }: TableStyle, { cells, detail }: TableRow): number {
  pdf.font('regular').fontSize(10);
  const heights = cells.map((cell, index) => {
    const column = columns[index];
    return column === undefined ? 0 : pdf.heightOfString(cell, { width: inner(column, index) });
  });
  pdf.fontSize(8.5);
  const first = columns[0];
  const detailHeight =
    detail === '' || first === undefined ? 0 : pdf.heightOfString(detail, { width: inner(first, 0) });
  return Math.max((heights[0] ?? 0) + detailHeight, ...heights) + 2 * PADDING;
}

function drawRow(pdf: PDFKit.PDFDocument, style: TableStyle, row: TableRow, height: number): void {
  const top = pdf.y + PADDING;
  let x = style.left;
  row.cells.forEach((cell, index) => {
    const column = style.columns[index];
    if (column === undefined) return;
    pdf
      .font(row.strong ? 'bold' : 'regular')
      .fontSize(10)
      .fillColor(style.ink);
    const indent = column.width - inner(column, index);
    const left = column.align === 'right' ? x + indent : x;
    pdf.text(cell, left, top, { width: inner(column, index), align: column.align });
    if (index === 0 && row.detail !== '') {
      pdf
        .font('regular')
        .fontSize(8.5)
        .fillColor(style.soft)
        .text(row.detail, left, pdf.y, { width: inner(column, index) });
    }
    x += column.width;
  });
  const bottom = top - PADDING + height;
  rule(pdf, style, bottom, style.rule);
  pdf.y = bottom;
}

/** Columns keep apart; the last one ends at the table's edge. */
const inner = (column: Column, index: number): number => column.width - (index === 0 ? GAP : GAP / 2);

function rule(pdf: PDFKit.PDFDocument, style: TableStyle, y: number, color: string): void {
  pdf
    .moveTo(style.left, y)
    .lineTo(style.left + widthOf(style), y)
    .lineWidth(0.6)
    .strokeColor(color)
    .stroke();
}
