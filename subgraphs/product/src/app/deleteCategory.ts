import type { Category } from '../domain/catalogue.js';
import { categoryTree } from '../domain/categoryTree.js';
import { done, type Result, refused } from '../domain/errors.js';
import type { CategoryDeps } from './createCategory.js';

/** Deletes an empty category; refused while it has children or products, so nothing is left without a place. */
export const deleteCategory =
  ({ catalogue, feed }: CategoryDeps) =>
  async (id: string): Promise<Result<Category>> => {
    const result = await catalogue.changeCategories(async (categories) => {
      const tree = categoryTree(categories);
      const category = tree.byId.get(id);
      if (!category) return refused({ code: 'NOT_FOUND', field: ['id'], what: 'There is no such category.' });
      if (tree.children(id).length > 0) {
        return refused({ code: 'CONFLICT', field: ['id'], reason: 'The category has categories below it.' });
      }
      if (await catalogue.productInCategory(id)) {
        return refused({ code: 'CONFLICT', field: ['id'], reason: 'The category has products.' });
      }
      return done({ kind: 'delete', category });
    });
    if (!result.ok) return result;
    feed.categoriesChanged();
    return done(result.value.category);
  };
