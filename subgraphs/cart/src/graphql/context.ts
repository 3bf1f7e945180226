import { ClientError, type Viewer } from '@souk/runtime';
import type DataLoader from 'dataloader';
import type { App } from '../app/index.js';
import type { CartModel } from './models.js';

/** What a resolver has at hand. */
export interface Context {
  readonly viewer: Viewer;
  readonly app: App;
  readonly carts: DataLoader<string, CartModel | undefined>;
}

/** The id of the signed-in user; undefined for guests and services. */
export function userIdOf(viewer: Viewer): string | undefined {
  return viewer.kind === 'user' ? viewer.userId : undefined;
}

/** Refuses every service but one. */
export function onlyService(viewer: Viewer, service: string): void {
  if (viewer.kind !== 'service' || viewer.service !== service) {
    throw new ClientError('FORBIDDEN', `Only the ${service} service may do this.`);
  }
}
