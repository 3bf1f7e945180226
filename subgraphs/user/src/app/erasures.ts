import { type EventOf, events, newEvent } from '@souk/events';
import { accountError, done, type Result, refused } from '../domain/accountError.js';
import { isStaff } from '../domain/grantedRoles.js';
import type { DueErasure, Erasure, Erasures } from './personalDataPorts.js';
import { type ProofDeps, proveOwner } from './proveOwner.js';
import type { Client } from './sessions.js';

const DAY_MS = 24 * 3_600_000;
/** What was under way when an account was deleted has ended so long after its last access token. */
const SLACK_MS = 60_000;
/** Erasures that one round tells again. */
export const ERASURE_BATCH = 50;

export interface ErasureDeps extends ProofDeps {
  readonly erasures: Erasures;
  readonly newErasureId: () => string;
  /** Lifetime of an access token. */
  readonly accessTokenMs: number;
  /** Tells the gateways at once that the account's access tokens are void. */
  readonly announceVoid: () => Promise<void>;
}

export interface DeletedAccount {
  /** Opens the erasure's status, for whoever has it. Given once. */
  readonly token: string;
  readonly erasure: Erasure;
}

/**
 * Deletes the account of somebody who has proved to be its owner. Afterwards it is gone from this service, with its addresses, sessions and
 * links; its access tokens are void; and every service that knows him has been told by `account.erasure_requested`, published with
 * it. Rights of staff are taken away by an administrator first, so that nobody leaves the shop without one.
 */
export const deleteAccount =
  (deps: ErasureDeps) =>
  async (command: {
    accountId: string;
    password: string;
    code: string | null | undefined;
    client: Client;
  }): Promise<Result<DeletedAccount>> => {
    const proved = await proveOwner(deps)(command);
    if (!proved.ok) return proved;
    const account = proved.value;
    if (isStaff(account.roles)) return refused(HAS_RIGHTS);
    const now = deps.now();
    const id = deps.newErasureId();
    const { token, hash: tokenHash } = deps.secrets.create();
    const services = [...events.accountErasureRequested.consumers].sort();
    const sequence = account.sequence + 1;
    const erased = await deps.erasures.erase({
      id,
      accountId: account.id,
      tokenHash,
      services,
      now,
      tellAt: new Date(now.getTime() + deps.accessTokenMs + SLACK_MS),
      sequence,
      events: [erasureRequested({ id, accountId: account.id, sequence }, now)],
    });
    if (!erased) return refused(HAS_RIGHTS);
    await deps.announceVoid();
    const parts = services.map((service) => ({ service, erasedAt: null }));
    return done({ token, erasure: { id, requestedAt: now, parts } });
  };

const HAS_RIGHTS = accountError(
  'CONFLICT',
  'This account has the rights of staff. An administrator takes them away first.',
);

const erasureRequested = (
  erasure: { readonly id: string; readonly accountId: string; readonly sequence: number },
  now: Date,
): EventOf<typeof events.accountErasureRequested> =>
  newEvent(events.accountErasureRequested, {
    aggregateId: erasure.accountId,
    sequence: erasure.sequence,
    data: { userId: erasure.accountId, erasureId: erasure.id },
    now,
  });

/** How far an erasure is, for whoever has its token. */
export const readErasure =
  (deps: Pick<ErasureDeps, 'erasures' | 'secrets'>) =>
  (token: string): Promise<Erasure | undefined> =>
    deps.erasures.byToken(deps.secrets.hash(token));

/** Notes that a service has erased its part. Told twice, the first time counts. */
export const noteErased =
  (deps: Pick<ErasureDeps, 'erasures'>) =>
  (event: EventOf<typeof events.accountErased>): Promise<void> =>
    deps.erasures.acknowledge({
      eventId: event.id,
      erasureId: event.data.erasureId,
      service: event.data.service,
      at: new Date(event.occurredAt),
    });

/**
 * One round of telling erasures again: each one once its last access token has run out, since what was under way at the first time may
 * have left something; and every day what some service has not acknowledged. Answers whether there may be more.
 */
export const tellErasuresAgain = (deps: Pick<ErasureDeps, 'erasures' | 'now'>) => async (): Promise<boolean> => {
  const now = deps.now();
  const due = await deps.erasures.due(now, ERASURE_BATCH);
  for (const erasure of due) {
    const next = needsTelling(erasure)
      ? {
          tellAt: new Date(now.getTime() + DAY_MS),
          events: [erasureRequested({ ...erasure, sequence: erasure.sequence + 1 }, now)],
        }
      : { tellAt: null, events: [] };
    await deps.erasures.tell({ erasure, ...next });
  }
  return due.length === ERASURE_BATCH;
};

/** The second time is for what was under way at the first. */
const needsTelling = ({ isComplete, told }: DueErasure): boolean => !isComplete || told < 2;
