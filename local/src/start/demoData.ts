import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stack } from '../stack.js';
import { StartupError } from '../stores/startupError.js';
import type { DemoAccount } from './summary.js';

export interface DemoData {
  /** Settings for the stack: the first administrator is the demo's. What is set already stays. */
  environment(given: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
  /** Fills the shop once per set of databases: what staff change or delete afterwards stays changed. */
  seed(stack: Stack, dataDir: string, log: (line: string) => void): Promise<void>;
  accounts(stack: Stack): DemoAccount[];
}

/** The demo data. Loaded when asked for, since a shop without it needs none of its code. */
export async function openDemoData(): Promise<DemoData> {
  const { DEMO_ACCOUNTS, seedDemoData } = await import('../demoData/index.js');
  const accounts = Object.entries(DEMO_ACCOUNTS).map(([role, { email, password }]) => ({ role, email, password }));
  const { admin } = DEMO_ACCOUNTS;
  return {
    environment: (given) => ({
      // The console offers these to sign in with.
      DEMO_ACCOUNTS: JSON.stringify(accounts),
      ...(given.BOOTSTRAP_ADMIN_EMAIL
        ? {}
        : { BOOTSTRAP_ADMIN_EMAIL: admin.email, BOOTSTRAP_ADMIN_PASSWORD: admin.password }),
    }),
    seed: async (stack, dataDir, log) => {
      const email = stack.env.BOOTSTRAP_ADMIN_EMAIL;
      const password = stack.env.BOOTSTRAP_ADMIN_PASSWORD;
      if (email === undefined || password === undefined) return;
      const marker = join(dataDir, 'demo-data');
      const databases = fingerprintOfDatabases(stack);
      if ((await readFile(marker, 'utf8').catch(() => '')) === databases) return;
      try {
        await seedDemoData({ gatewayUrl: stack.urls.gateway, admin: { email, password }, log });
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new StartupError(
          'PROCESS_FAILED',
          `The demo data could not be loaded: ${reason}\nThe logs are in ${join(dataDir, 'logs')}. ` +
            'Start again to go on with it, or start without it: npm start -- --no-demo-data',
          { cause: error },
        );
      }
      await writeFile(marker, databases);
    },
    accounts: () => accounts,
  };
}

/** Tells one set of databases from another, without keeping their addresses and passwords. */
function fingerprintOfDatabases(stack: Stack): string {
  const { DATABASE_URL_USER, DATABASE_URL_PRODUCT, MONGODB_URL } = stack.env;
  return createHash('sha256').update([DATABASE_URL_USER, DATABASE_URL_PRODUCT, MONGODB_URL].join(' ')).digest('hex');
}
