import type { Viewer } from '@souk/runtime';
import type { App } from '../app/index.js';
import { createLoaders, type Loaders } from './loaders.js';

export interface Context {
  readonly viewer: Viewer;
  readonly app: App;
  readonly loaders: Loaders;
}

/** Made for each request. */
export const contextOf =
  (app: App) =>
  (viewer: Viewer): Context => ({ viewer, app, loaders: createLoaders(app, viewer) });
