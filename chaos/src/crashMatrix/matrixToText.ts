import type { Crash, MatrixResult } from './runMatrix.js';

const seconds = (ms: number): string => (ms / 1_000).toFixed(1).padStart(6);

/** The value that so many percent of the others do not exceed. */
function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * percent) / 100) - 1)] ?? 0;
}

function row(name: string, crashes: readonly Crash[]): string {
  const recovery = crashes.map(({ recoveryMs }) => recoveryMs);
  const faults = crashes.filter(({ fault }) => fault !== undefined).length;
  return `${name.padEnd(52)} ${String(crashes.length).padStart(5)} ${seconds(percentile(recovery, 50))} ${seconds(percentile(recovery, 95))} ${seconds(
    Math.max(...recovery),
  )} ${String(faults).padStart(6)}`;
}

/** One row per failpoint and process, and one for all of them; what went wrong below. */
export function matrixToText({ crashes, violations, histories }: MatrixResult): string {
  const byCell = new Map<string, Crash[]>();
  for (const crash of crashes) {
    const name = `${crash.cell.failpoint} (${crash.cell.process})`;
    byCell.set(name, [...(byCell.get(name) ?? []), crash]);
  }
  const lines = [
    `${'killed at'.padEnd(52)} ${'times'.padStart(5)} ${'p50 s'.padStart(6)} ${'p95 s'.padStart(6)} ${'max s'.padStart(6)} ${'faults'.padStart(6)}`,
    ...[...byCell].map(([name, of]) => row(name, of)),
    row('all', crashes),
  ];
  for (const { cell, fault } of crashes)
    if (fault !== undefined) lines.push(`FAULT ${cell.failpoint} (${cell.process}): ${fault}`);
  for (const { invariant, detail, orderId } of violations)
    lines.push(`VIOLATION ${invariant} ${orderId ?? ''}: ${detail}`);
  for (const [orderId, history] of histories) lines.push('', `History of ${orderId}:`, ...history);
  const faults = crashes.filter(({ fault }) => fault !== undefined).length;
  lines.push('', `crash-matrix: ${crashes.length} kills, ${faults} faults, ${violations.length} violations`);
  return lines.join('\n');
}
