import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createShopper, type Shopper } from '../../local/src/shopper.js';
import { type Stack, type StartStackOptions, startStack } from '../../local/src/stack.js';

/** The administrator of a shop of one's own. */
export const ADMIN = { email: 'admin@test.example', password: 'correct horse battery staple' };

export interface OwnStack {
  readonly stack: Stack;
  readonly dataDir: string;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

/** An empty shop for one test file that ends, hangs or restarts its processes. */
export async function startOwnStack(o: Pick<StartStackOptions, 'env' | 'oneProcess'> = {}): Promise<OwnStack> {
  const dataDir = await mkdtemp(join(tmpdir(), 'souk-own-'));
  const stack = await startStack({
    ...o,
    dataDir,
    ports: 'random',
    env: {
      LOG_LEVEL: 'warn',
      BOOTSTRAP_ADMIN_EMAIL: ADMIN.email,
      BOOTSTRAP_ADMIN_PASSWORD: ADMIN.password,
      ...o.env,
    },
  });
  return {
    stack,
    dataDir,
    async stop() {
      await stack.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export interface OwnShop extends OwnStack {
  readonly guest: Shopper;
  /** Signed in as the administrator. */
  readonly staff: Shopper;
}

/** The same with a guest and its administrator, who are gone when it is stopped. */
export async function startOwnShop(o: Parameters<typeof startOwnStack>[0] = {}): Promise<OwnShop> {
  const own = await startOwnStack(o);
  const [guest, staff] = [createShopper(own.stack.urls.graphql), createShopper(own.stack.urls.graphql)];
  const session = await staff.send<{ sessionCreate: { accessToken: string } }>('SessionCreate', ADMIN);
  staff.setToken(session.data.sessionCreate.accessToken);
  return {
    ...own,
    guest,
    staff,
    async stop() {
      await Promise.all([guest.close(), staff.close()]);
      await own.stop();
    },
  };
}
