import type { Stack } from '../stack.js';

export interface DemoAccount {
  /** What the account is for: `customer`, `staff`, `admin`. */
  readonly role: string;
  readonly email: string;
  readonly password: string;
}

export interface SummaryFacts {
  readonly urls: Stack['urls'];
  readonly publicUrl: string;
  readonly accounts: readonly DemoAccount[];
  /** The stand-ins are not used when real provider keys are set. */
  readonly hasMailbox: boolean;
  readonly dataDir: string;
  readonly tookMs: number;
}

/** What a person needs to know about the running shop, as a table. */
export function summary(facts: SummaryFacts): string {
  const { urls, publicUrl } = facts;
  const rows: (readonly [string, string])[] = [
    ['GraphQL endpoint', `${publicUrl}/graphql  (in a browser: Apollo Sandbox)`],
    ['Console', `${publicUrl}/console`],
    ...(facts.hasMailbox
      ? [['Mailbox and payments', `${urls.standIns.replace('127.0.0.1', 'localhost')}/`] as const]
      : []),
    ['Health', `${publicUrl}/health/ready`],
    ...(facts.accounts.length > 0 ? [['', ''] as const] : []),
    ...facts.accounts.map(({ role, email, password }) => [`Demo ${role}`, `${email}  /  ${password}`] as const),
    ['', ''],
    ['Data', facts.dataDir],
    ['Logs', `${facts.dataDir}/logs`],
    ['One service alone', `node --env-file=${facts.dataDir}/stack.env subgraphs/<service>/dist/main.js`],
    ['Buy something', 'npm run demo'],
    ['Stop', 'Ctrl-C'],
  ];
  const title = `Souk is open (${(facts.tookMs / 1000).toFixed(1)} s)`;
  const labelWidth = Math.max(...rows.map(([label]) => label.length));
  const lines = rows.map(([label, text]) => (label === '' ? '' : `${label.padEnd(labelWidth)}  ${text}`));
  const width = Math.max(title.length, ...lines.map((line) => line.length));
  const bar = '─'.repeat(width + 2);
  const boxed = lines.map((line) => (line === '' ? `├${bar}┤` : `│ ${line.padEnd(width)} │`));
  return [`┌${bar}┐`, `│ ${title.padEnd(width)} │`, `├${bar}┤`, ...boxed, `└${bar}┘`].join('\n');
}
