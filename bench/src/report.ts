import type { CpuTime } from './cpuTime.js';
import type { Measurement } from './load.js';
import type { Memory } from './memory.js';

export interface BenchResult extends Measurement {
  /** Statements that all services send to stores for one run of the journey. */
  readonly statements?: number;
  /** The same read sent to the subgraph itself. */
  readonly direct?: Measurement;
  /** Requests to the gateway for one run; of purchases. */
  readonly requests?: number;
  /** Milliseconds of CPU for one run, by process; of purchases. */
  readonly cpu?: CpuTime;
}

export interface BenchReport {
  readonly node: string;
  readonly cpus: number;
  readonly cpu: string;
  readonly seconds: number;
  readonly concurrency: number;
  readonly results: readonly BenchResult[];
  readonly memory: { readonly idle: Memory; readonly loaded: Memory };
}

const number = (value: number, digits = 1) => (Number.isFinite(value) ? value.toFixed(digits) : '–');

/** The report as Markdown tables. */
export function toMarkdown(report: BenchReport): string {
  const rows = report.results.map((result) => [
    result.name,
    number(result.perSecond, 0),
    number(result.p50),
    number(result.p95),
    number(result.p99),
    String(result.errors),
    result.statements === undefined ? '–' : number(result.statements, 1),
    result.direct ? number(result.direct.perSecond, 0) : '–',
    result.direct ? `${number(result.direct.perSecond / result.perSecond, 2)} ×` : '–',
  ]);
  const processes = Object.keys(report.memory.loaded).map((name) => [
    name,
    number(report.memory.idle[name]?.rss ?? Number.NaN, 0),
    number(report.memory.loaded[name]?.rss ?? Number.NaN, 0),
    number(report.memory.loaded[name]?.pss ?? Number.NaN, 0),
  ]);
  const total = (memory: Memory, kind: 'rss' | 'pss') =>
    number(
      Object.values(memory).reduce((sum, part) => sum + part[kind], 0),
      0,
    );
  const costs = report.results.filter((result) => result.cpu !== undefined);
  const cost = ({ cpu = {} }: BenchResult) => [
    ...Object.values(cpu),
    Object.values(cpu).reduce((sum, ms) => sum + ms, 0),
  ];
  return [
    `Node ${report.node}, ${report.cpus} CPUs (${report.cpu}), everything on this machine, ${report.concurrency} at a time for ${report.seconds} s each.`,
    '',
    table(
      [
        'journey',
        'per second',
        'p50 ms',
        'p95 ms',
        'p99 ms',
        'errors',
        'statements',
        'direct on the subgraph',
        'gateway’s cost',
      ],
      rows,
    ),
    '',
    ...(costs.length === 0
      ? []
      : [
          'What one purchase takes: requests to the gateway, and milliseconds of CPU in each process.',
          '',
          table(
            ['journey', 'requests', ...Object.keys(costs[0]?.cpu ?? {}), 'all'],
            costs.map((result) => [
              result.name,
              number(result.requests ?? Number.NaN, 2),
              ...cost(result).map((ms) => number(ms)),
            ]),
          ),
          '',
        ]),
    table(
      ['process', 'RSS idle MB', 'RSS loaded MB', 'PSS loaded MB'],
      [
        ...processes,
        [
          'all',
          total(report.memory.idle, 'rss'),
          total(report.memory.loaded, 'rss'),
          total(report.memory.loaded, 'pss'),
        ],
      ],
    ),
  ].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}
