import { existsSync } from 'node:fs';
import type { Stack } from '../stack.js';
import type { DemoAccount } from './summary.js';

/** What the demo data module (local/src/demoData) offers. */
interface DemoDataModule {
  seedDemoData(options: {
    readonly gatewayUrl: string;
    readonly admin: { readonly email: string; readonly password: string };
    readonly log: (line: string) => void;
  }): Promise<unknown>;
  readonly DEMO_ACCOUNTS: Readonly<Record<string, { readonly email: string; readonly password: string }>>;
}

export interface DemoData {
  /** Settings for the stack: the first administrator is the demo's. What is set already stays. */
  environment(given: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
  /** Fills the shop when it is new. */
  seed(stack: Stack, dataDir: string, log: (line: string) => void): Promise<void>;
  accounts(stack: Stack): DemoAccount[];
}

/** The demo data, if this installation has it. */
export async function openDemoData(): Promise<DemoData | undefined> {
  const url = new URL('../demoData/index.js', import.meta.url);
  if (!existsSync(url)) return undefined;
  const module = (await import(url.href)) as DemoDataModule;
  const admin = module.DEMO_ACCOUNTS.admin;
  const accounts = Object.entries(module.DEMO_ACCOUNTS).map(([role, account]) => ({ role, ...account }));
  return {
    environment: (given) => ({
      // The console offers these to sign in with.
      DEMO_ACCOUNTS: JSON.stringify(accounts),
      ...(admin === undefined || given.BOOTSTRAP_ADMIN_EMAIL
        ? {}
        : { BOOTSTRAP_ADMIN_EMAIL: admin.email, BOOTSTRAP_ADMIN_PASSWORD: admin.password }),
    }),
    seed: async (stack, _dataDir, log) => {
      const email = stack.env.BOOTSTRAP_ADMIN_EMAIL;
      const password = stack.env.BOOTSTRAP_ADMIN_PASSWORD;
      if (email === undefined || password === undefined) return;
      await module.seedDemoData({ gatewayUrl: stack.urls.gateway, admin: { email, password }, log });
    },
    accounts: () => accounts,
  };
}
