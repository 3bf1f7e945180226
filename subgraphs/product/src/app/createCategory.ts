import type { Category } from '../domain/catalogue.js';
import { type CategoryInput, createCategory as decide } from '../domain/categoryChange.js';
import { categoryTree } from '../domain/categoryTree.js';
import { done, type Result } from '../domain/errors.js';
import type { CatalogueStore, ChangeFeed } from './ports.js';
import type { Surrounding } from './surrounding.js';

export interface CategoryDeps extends Surrounding {
  readonly catalogue: CatalogueStore;
  readonly feed: ChangeFeed;
  /** Makes the drain look for pending products now. */
  readonly wake: () => void;
}

/** Adds a category at the top or below another one. */
export const createCategory =
  ({ catalogue, feed, now, newCategoryId }: CategoryDeps) =>
  async (input: CategoryInput): Promise<Result<Category>> => {
    const result = await catalogue.changeCategories(async (categories) => {
      const decision = decide(categoryTree(categories), newCategoryId(), input, now());
      return decision.ok ? done({ kind: 'put', category: decision.value }) : decision;
    });
    if (!result.ok) return result;
    feed.categoriesChanged();
    return done(result.value.category);
  };
