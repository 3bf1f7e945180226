import { actorOf, hasScope, type Viewer } from '@souk/runtime';
import type { Audience } from '../app/audience.js';
import type { App } from '../app/index.js';
import type { Reads } from '../app/reads.js';
import type { CategoryTree } from '../domain/categoryTree.js';
import { createLoaders, type Loaders } from './loaders.js';
import type { Views } from './views.js';

export interface Context {
  readonly viewer: Viewer;
  readonly actor: string;
  readonly audience: Audience;
  readonly app: App;
  /** Fresh for staff, who must see what they have just changed; briefly cached for all others. */
  readonly reads: Reads;
  readonly views: Views;
  readonly loaders: Loaders;
  /** One tree per request. */
  tree(): Promise<CategoryTree>;
}

/** Makes the context of one request; loaders are only made when something is loaded. */
export function createContext(app: App, views: Views, viewer: Viewer): Context {
  const staff = hasScope(viewer, 'catalog:write') || hasScope(viewer, 'inventory:read');
  const audience: Audience = hasScope(viewer, 'catalog:write') ? 'staff' : 'shopper';
  const reads = staff ? app.freshReads : app.publicReads;
  let tree: Promise<CategoryTree> | undefined;
  let loaders: Loaders | undefined;
  return {
    viewer,
    actor: actorOf(viewer),
    audience,
    app,
    reads,
    views,
    get loaders() {
      loaders ??= createLoaders(app, reads);
      return loaders;
    },
    tree() {
      tree ??= reads.tree();
      return tree;
    },
  };
}
