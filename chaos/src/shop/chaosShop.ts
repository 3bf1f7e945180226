import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createShopper, type Shopper } from '@souk/local/shopper';
import { type Stack, startStack } from '@souk/local/stack';
import type { ProcessName } from '@souk/local/stack/names';
import { PROCESSES } from '@souk/local/stack/names';
import { createPatience, type Patient } from '../shoppers/patient.js';
import { type Databases, openDatabases } from './databases.js';
import { type Link, startLink } from './link.js';

/** A whole shop as real processes, with a link between each process and those that call it. */
export interface ChaosShop {
  readonly stack: Stack;
  readonly links: ReadonlyMap<ProcessName, Link>;
  /** A guest, of whom there may be many at once. */
  readonly guest: Patient;
  readonly staff: Patient;
  /** Straight to the stores, past the links. */
  readonly databases: Databases;
  /** Variables of the services with the stores' own addresses, past the links: for the auditor and for looking in. */
  readonly env: Readonly<Record<string, string>>;
  readonly standIns: string;
  /** Where the failpoints of each process are armed. */
  readonly failpoints: string;
  stop(): Promise<void>;
}

const ADMIN = { email: 'admin@chaos.example', password: 'correct horse battery staple' };

/**
 * Starts a shop of its own in a temporary folder, on random ports. It ends with this process, however that ends; `stop` removes its
 * folder too.
 */
export async function startChaosShop(o: {
  readonly paymentWindowSeconds: number;
  /** How long shoppers and staff send the same again, unless they say otherwise. */
  readonly patienceMs: number;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
  readonly keepFolder?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}): Promise<ChaosShop> {
  const dataDir = await mkdtemp(join(tmpdir(), 'souk-chaos-'));
  const failpoints = join(dataDir, 'failpoints');
  await mkdir(failpoints);
  const links = new Map<ProcessName, Link>();
  const ports = new Map<ProcessName, number>();
  const closers: (() => Promise<unknown>)[] = [
    async () => (o.keepFolder === true ? undefined : rm(dataDir, { recursive: true, force: true })),
    () => Promise.all([...links.values()].map((link) => link.end())),
  ];
  const stop = async (): Promise<void> => {
    for (let close = closers.pop(); close !== undefined; close = closers.pop()) await close().catch(() => undefined);
  };
  try {
    const stack = await startStack({
      dataDir,
      ports: 'random',
      log: o.log,
      ...(o.signal === undefined ? {} : { signal: o.signal }),
      async reachedAt(name, port) {
        const link = await startLink(port);
        links.set(name, link);
        ports.set(name, port);
        return link.port;
      },
      env: {
        LOG_LEVEL: 'info',
        BOOTSTRAP_ADMIN_EMAIL: ADMIN.email,
        BOOTSTRAP_ADMIN_PASSWORD: ADMIN.password,
        ORDER_PAYMENT_WINDOW_SECONDS: String(o.paymentWindowSeconds),
        ORDER_EDIT_PAYMENT_WINDOW_SECONDS: String(o.paymentWindowSeconds),
        PAYMENT_RECONCILE_AFTER_SECONDS: '5',
        FAILPOINTS: `@${failpoints}`,
        ...o.env,
      },
    });
    closers.push(() => stack.stop());
    const env = pastLinks(stack.env, links, ports);
    const databases = openDatabases(env);
    closers.push(() => databases.close());
    const shopper = (): Shopper => {
      const made = createShopper(stack.urls.graphql, { connections: 64, timeoutMs: 8_000 });
      closers.push(() => made.close());
      return made;
    };
    // without the token that has run out, which the gateway would refuse
    const door = shopper();
    const { patienceMs } = o;
    const staff = createPatience(shopper(), {
      patienceMs,
      async signIn(client) {
        const { data } = await door.send<{ sessionCreate: { accessToken: string } }>('SessionCreate', ADMIN);
        client.setToken(data.sessionCreate.accessToken);
      },
    });
    const guest = createPatience(shopper(), { patienceMs });
    return { stack, links, guest, staff, databases, env, standIns: stack.urls.standIns, failpoints, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The same variables with the processes' own ports. */
function pastLinks(
  env: Readonly<Record<string, string>>,
  links: ReadonlyMap<ProcessName, Link>,
  ports: ReadonlyMap<ProcessName, number>,
): Record<string, string> {
  const own = new Map(PROCESSES.map((name) => [String(links.get(name)?.port), String(ports.get(name))]));
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      value.replace(/(?<=(?:127\.0\.0\.1|localhost):)\d+/g, (port) => own.get(port) ?? port),
    ]),
  );
}
