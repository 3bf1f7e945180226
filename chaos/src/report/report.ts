import type { ChaosResult } from '../runChaos.js';

function counted(values: Iterable<string>): [string, number][] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

function table(title: string, rows: readonly (readonly [string, number | string])[]): string[] {
  const width = Math.max(title.length, ...rows.map(([name]) => name.length));
  return ['', title, ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${String(value).padStart(8)}`)];
}

/** Everything that a run has shown, the last line being its verdict. */
export function toText(result: ChaosResult): string {
  const { purchases, faults, invariants, violations, histories, retries, quiet, seconds } = result;
  const lines = [
    ...table('What was injected', counted(faults.map(({ kind, target }) => `${kind} (${target})`))),
    ...table('How shoppers behaved', counted(purchases.map(({ kind }) => kind))),
    ...table(
      'How it ended for them',
      counted(
        purchases.map(
          ({ ended, told, cancelled }) => ended ?? (cancelled === true ? 'CANCELLED' : (told ?? 'did not look')),
        ),
      ),
    ),
    ...table(
      'What they sent again, and why',
      [...retries].sort((a, b) => b[1] - a[1]),
    ),
    ...table(
      'What was checked (rows)',
      invariants.map(({ name, rows, violations: found }) => [found > 0 ? `${name}: ${found} VIOLATIONS` : name, rows]),
    ),
    '',
    `shopping took ${seconds.shopping.toFixed(0)} s, coming to rest ${quiet.seconds.toFixed(0)} s, everything ${seconds.all.toFixed(0)} s`,
  ];
  for (const { invariant, detail, orderId } of violations) {
    lines.push(`VIOLATION ${invariant}${orderId === undefined ? '' : ` (${orderId})`}: ${detail}`);
  }
  for (const [orderId, history] of histories) lines.push('', `History of ${orderId}:`, ...history);
  lines.push('', `chaos: ${purchases.length} purchases, ${faults.length} faults, ${violations.length} violations`);
  return lines.join('\n');
}
