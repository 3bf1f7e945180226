import type { Category } from '../domain/catalogue.js';
import { type CategoryInput, updateCategory as decide } from '../domain/categoryChange.js';
import { categoryTree } from '../domain/categoryTree.js';
import { done, type Result, refused } from '../domain/errors.js';
import type { CategoryDeps } from './createCategory.js';

/**
 * Renames or moves a category; never under itself, also when two moves happen at once. Products below it are projected
 * again, as they are found by the names of their categories.
 */
export const updateCategory =
  ({ catalogue, feed, wake, now }: CategoryDeps) =>
  async (id: string, input: CategoryInput): Promise<Result<Category>> => {
    let below: readonly string[] = [];
    const result = await catalogue.changeCategories(async (categories) => {
      const tree = categoryTree(categories);
      const category = tree.byId.get(id);
      if (!category) return refused({ code: 'NOT_FOUND', field: ['id'], what: 'There is no such category.' });
      const decision = decide(tree, category, input, now());
      if (!decision.ok) return decision;
      below = tree.withDescendants(id);
      return done({ kind: decision.value === category ? 'nothing' : 'put', category: decision.value });
    });
    if (!result.ok) return result;
    if (result.value.kind === 'put') {
      feed.categoriesChanged();
      await catalogue.requestProjection(below);
      wake();
    }
    return done(result.value.category);
  };
