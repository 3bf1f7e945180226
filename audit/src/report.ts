import type { AuditResult } from './audit.js';

const SHOWN = 20;

/** A table for people: each invariant with what was compared, and what was found. */
export function reportOf(result: AuditResult): string {
  const width = Math.max(...result.invariants.map(({ name }) => name.length));
  const lines = result.invariants.flatMap(({ name, why, rows, violations }) => [
    `${violations.length === 0 ? 'holds   ' : 'VIOLATED'}  ${name.padEnd(width)}  ${String(rows).padStart(9)}  ${why}`,
    ...violations.slice(0, SHOWN).map(({ key, detail }) => `          ${key}: ${detail}`),
    ...(violations.length > SHOWN ? [`          and ${violations.length - SHOWN} more`] : []),
  ]);
  return [...lines, ...result.notes.map((note) => `note: ${note}`)].join('\n');
}

/** The last line. */
export const summaryOf = ({ invariants, rows, violations }: AuditResult): string =>
  `audit: ${invariants.length} invariants, ${rows} rows, ${violations.length} violations`;
