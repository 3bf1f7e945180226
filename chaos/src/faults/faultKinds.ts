import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessName } from '@souk/local/stack/names';
import { createClient } from 'redis';
import type { ChaosShop } from '../shop/chaosShop.js';
import type { ProviderControl } from './providerFaults.js';

/** Where faults happen. */
export interface Scene {
  readonly shop: ChaosShop;
  readonly providers: ProviderControl;
}

/** Ends what a fault began. */
type Heal = () => Promise<void> | void;

export interface FaultKind {
  /** Whom it may hit; one of them is drawn. */
  readonly targets: readonly ProcessName[];
  /** How often it is drawn, compared with the others. */
  readonly weight: number;
  /** A lasting one ends after so many purchases, this low and this high; an instant one is over when it is injected. */
  readonly lasts?: readonly [low: number, high: number];
  /** `degree` is in [0, 1). */
  readonly inject: (scene: Scene, target: ProcessName, degree: number) => Promise<Heal | undefined>;
}

const SERVICES = ['order', 'payment', 'product', 'cart', 'worker', 'notification', 'user', 'gateway'] as const;
const CONNECTED = [
  'postgres',
  'redis',
  'documentStore',
  'order',
  'payment',
  'product',
  'cart',
  'standIns',
  'gateway',
] as const;
const RESTART_PATIENCE_MS = 60_000;

async function signal(scene: Scene, target: ProcessName, name: NodeJS.Signals): Promise<void> {
  const process = scene.shop.stack.processes.get(target);
  if (process === undefined) throw new Error(`${target} does not run`);
  const { restarts } = process;
  process.kill(name);
  if (name === 'SIGSTOP' || name === 'SIGCONT') return;
  for (const deadline = Date.now() + RESTART_PATIENCE_MS; process.restarts === restarts; ) {
    if (Date.now() > deadline) throw new Error(`${target} did not come back after ${name}`);
    await delay(50);
  }
}

const killed =
  (name: NodeJS.Signals): FaultKind['inject'] =>
  async (scene, target) => {
    await signal(scene, target, name);
    return undefined;
  };

/** The next requests to a provider go wrong; what is not used up is disarmed when the fault ends. */
const provider =
  (fault: (degree: number) => object): FaultKind['inject'] =>
  async ({ providers }, _target, degree) => {
    await providers.arm({ times: 1 + Math.floor(degree * 6), ...fault(degree) });
    return undefined;
  };

const webhooks =
  (mode: (degree: number) => Parameters<ProviderControl['webhooks']>[0]): FaultKind['inject'] =>
  async ({ providers }, _target, degree) => {
    await providers.webhooks(mode(degree));
    return () => providers.webhooks({ paused: false, delayMs: 0, duplicates: 0, reorderWindowMs: 0 });
  };

/** Everything that a chaos run does to the shop. */
export const FAULT_KINDS = {
  'kill -9 of a service': { targets: SERVICES, weight: 16, inject: killed('SIGKILL') },
  'kill -9 of the document store': { targets: ['documentStore'], weight: 2, inject: killed('SIGKILL') },
  'kill -9 of the providers': { targets: ['standIns'], weight: 2, inject: killed('SIGKILL') },
  'a service hangs': {
    targets: ['order', 'payment', 'product', 'cart', 'worker'],
    weight: 4,
    lasts: [4, 12],
    async inject(scene, target) {
      await signal(scene, target, 'SIGSTOP');
      return () => signal(scene, target, 'SIGCONT');
    },
  },
  'Postgres crashes': { targets: ['postgres'], weight: 3, inject: killed('SIGQUIT') },
  'Postgres restarts': {
    targets: ['postgres'],
    weight: 3,
    async inject({ shop }) {
      await shop.stack.processes.get('postgres')?.restart();
      return undefined;
    },
  },
  'Redis crashes': { targets: ['redis'], weight: 3, inject: killed('SIGKILL') },
  'Redis restarts': {
    targets: ['redis'],
    weight: 2,
    async inject({ shop }) {
      await shop.stack.processes.get('redis')?.restart();
      return undefined;
    },
  },
  'Redis is emptied': {
    targets: ['redis'],
    weight: 5,
    async inject({ shop }) {
      const client = createClient({ url: shop.env.REDIS_URL ?? '', socket: { reconnectStrategy: false } });
      client.on('error', () => undefined);
      await client.connect();
      try {
        await client.flushAll();
      } finally {
        client.destroy();
      }
      return undefined;
    },
  },
  'connections are cut': {
    targets: CONNECTED,
    weight: 12,
    async inject({ shop }, target) {
      shop.links.get(target)?.cut();
      return undefined;
    },
  },
  'connections are slow': {
    targets: CONNECTED,
    weight: 6,
    lasts: [5, 15],
    async inject({ shop }, target, degree) {
      const link = shop.links.get(target);
      link?.slow(40 + Math.floor(degree * 260));
      return () => link?.slow(0);
    },
  },
  'connections are refused': {
    targets: CONNECTED,
    weight: 6,
    lasts: [3, 10],
    async inject({ shop }, target) {
      const link = shop.links.get(target);
      link?.close();
      return () => link?.open();
    },
  },
  'webhooks come late': {
    targets: ['standIns'],
    weight: 3,
    lasts: [10, 30],
    inject: webhooks((d) => ({ delayMs: 500 + Math.floor(d * 4_000) })),
  },
  'webhooks come several times': {
    targets: ['standIns'],
    weight: 3,
    lasts: [10, 30],
    inject: webhooks((d) => ({ duplicates: 1 + Math.floor(d * 3) })),
  },
  'webhooks come out of order': {
    targets: ['standIns'],
    weight: 3,
    lasts: [10, 30],
    inject: webhooks((d) => ({ reorderWindowMs: 500 + Math.floor(d * 3_000) })),
  },
  'webhooks do not come': {
    targets: ['standIns'],
    weight: 3,
    lasts: [10, 30],
    inject: webhooks(() => ({ paused: true })),
  },
  'the provider answers 500': {
    targets: ['standIns'],
    weight: 3,
    inject: provider(() => ({ provider: 'stripe', kind: 'error', when: 'before' })),
  },
  'the provider acts and answers 500': {
    targets: ['standIns'],
    weight: 3,
    inject: provider((d) => ({ provider: 'stripe', kind: 'error', when: 'after', remembered: d < 0.5 })),
  },
  'the provider acts and never answers': {
    targets: ['standIns'],
    weight: 3,
    inject: provider(() => ({ provider: 'stripe', kind: 'hang', when: 'after', times: 2 })),
  },
  'the provider acts and hangs up': {
    targets: ['standIns'],
    weight: 3,
    inject: provider(() => ({ provider: 'stripe', kind: 'close', when: 'after' })),
  },
  'the provider is slow': {
    targets: ['standIns'],
    weight: 2,
    inject: provider((d) => ({ provider: 'stripe', kind: 'slow', delayMs: 500 + Math.floor(d * 2_500) })),
  },
  'the provider declines': {
    targets: ['standIns'],
    weight: 3,
    inject: provider(() => ({ provider: 'stripe', kind: 'decline' })),
  },
  'the mail provider answers 500': {
    targets: ['standIns'],
    weight: 2,
    inject: provider(() => ({ provider: 'sendgrid', kind: 'error', when: 'before' })),
  },
} as const satisfies Readonly<Record<string, FaultKind>>;

export type FaultName = keyof typeof FAULT_KINDS;
