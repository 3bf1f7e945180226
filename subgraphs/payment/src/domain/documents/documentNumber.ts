import type { DocumentKind } from './document.js';

const LETTER: Readonly<Record<DocumentKind, string>> = { INVOICE: '', RECEIPT: 'R-', CREDIT_NOTE: 'C-' };

/**
 * What the numbers of a series begin with: SOUK-2026, SOUK-R-2026, SOUK-C-2026. `prefix` is the legal entity's, the year that of
 * the issue in UTC. The store adds the place in the series, without gaps.
 */
export const seriesLabel = (kind: DocumentKind, prefix: string, year: number): string =>
  `${prefix}-${LETTER[kind]}${year}`;
