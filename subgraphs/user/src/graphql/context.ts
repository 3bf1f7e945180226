import { ClientError, hasScope, type Viewer } from '@souk/runtime';
import type DataLoader from 'dataloader';
import type { Actor } from '../app/administration.js';
import type { App } from '../app/index.js';
import type { Client } from '../app/sessions.js';
import type { Account } from '../domain/account.js';

/** What a resolver has at hand. */
export interface Context {
  readonly viewer: Viewer;
  readonly client: Client;
  readonly app: App;
  readonly accounts: DataLoader<string, Account | undefined>;
}

/** The signed-in user. Throws for anybody else; the SDL has refused them before. */
export function signedIn(viewer: Viewer): { userId: string; sessionId: string } {
  if (viewer.kind !== 'user') throw new ClientError('UNAUTHENTICATED', 'Sign in to do this.');
  return viewer;
}

/** Who administers accounts, and whether also those of the staff. */
export function actorOf(viewer: Viewer): Actor {
  return { id: signedIn(viewer).userId, mayGrant: hasScope(viewer, 'users:write') };
}

export function isSelf(viewer: Viewer, accountId: string): boolean {
  return viewer.kind === 'user' && viewer.userId === accountId;
}

/** Accounts are seen by themselves, by staff that may read users or orders, and by services. */
export function maySee(viewer: Viewer, accountId: string): boolean {
  if (isSelf(viewer, accountId)) return true;
  return hasScope(viewer, 'users:read') || hasScope(viewer, 'orders:read') || hasScope(viewer, 'service');
}
