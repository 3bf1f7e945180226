import type { Category } from './catalogue.js';
import { type CategoryTree, categoryTree } from './categoryTree.js';
import { type CatalogueError, done, type Result, refused } from './errors.js';
import { isSlug, slugOf } from './plainText.js';
import { MAX_DESCRIPTION_LENGTH, MAX_NAME_LENGTH } from './productInput.js';

/** What staff may say about a category; what is absent stays as it is. `parentId: null` is the top of the tree. */
export interface CategoryInput {
  readonly name?: string | null | undefined;
  readonly slug?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly parentId?: string | null | undefined;
}

/** Deeper trees serve nobody, and bound what one request walks. */
export const MAX_CATEGORY_DEPTH = 8;

export function createCategory(tree: CategoryTree, id: string, input: CategoryInput, now: Date): Result<Category> {
  const slug = input.slug ?? slugOf(input.name ?? '');
  const errors: CatalogueError[] = [];
  if (!input.name) errors.push({ code: 'REQUIRED', field: ['name'], what: 'A category needs a name.' });
  else if (slug === '')
    errors.push({ code: 'REQUIRED', field: ['slug'], what: 'No slug can be made from this name; give one.' });
  if (errors.length > 0) return refused(...errors);
  const blank: Category = { id, slug, name: '', description: null, parentId: null, createdAt: now, updatedAt: now };
  return updateCategory(tree, blank, { ...input, slug }, now);
}

/** The category with what the input names changed; the very same object when the input changes nothing. */
export function updateCategory(
  tree: CategoryTree,
  category: Category,
  input: CategoryInput,
  now: Date,
): Result<Category> {
  const errors: CatalogueError[] = [];
  const invalid = (field: string, rule: string) => errors.push({ code: 'INVALID', field: [field], rule });
  const name = input.name === undefined ? category.name : (input.name?.trim() ?? '');
  const slug = input.slug ?? category.slug;
  const description = input.description === undefined ? category.description : input.description?.trim() || null;
  const parentId = input.parentId === undefined ? category.parentId : input.parentId;
  if (name === '' || name.length > MAX_NAME_LENGTH) invalid('name', `A name has 1 to ${MAX_NAME_LENGTH} characters.`);
  if (!isSlug(slug))
    invalid('slug', 'A slug has lower-case letters, digits and single hyphens, at most 120 characters.');
  if ((description?.length ?? 0) > MAX_DESCRIPTION_LENGTH) {
    invalid('description', `A description has at most ${MAX_DESCRIPTION_LENGTH} characters.`);
  }
  const namesake = tree.bySlug(slug);
  if (namesake && namesake.id !== category.id) errors.push({ code: 'SLUG_TAKEN', field: ['slug'], slug });
  errors.push(...checkParent(tree, category, parentId));
  if (errors.length > 0) return refused(...errors);
  if (
    name === category.name &&
    slug === category.slug &&
    description === category.description &&
    parentId === category.parentId
  ) {
    return done(category);
  }
  return done({ ...category, name, slug, description, parentId, updatedAt: now });
}

function checkParent(tree: CategoryTree, category: Category, parentId: string | null): CatalogueError[] {
  if (parentId === null || parentId === category.parentId) return [];
  if (!tree.byId.has(parentId)) return [{ code: 'NOT_FOUND', field: ['parentId'], what: 'There is no such category.' }];
  if (parentId === category.id || tree.ancestors(parentId).some(({ id }) => id === category.id)) {
    return [{ code: 'CATEGORY_CYCLE', field: ['parentId'] }];
  }
  const above = tree.ancestors(parentId).length + 1;
  const moved = categoryTree(
    [...tree.byId.values()].filter(({ id }) => id !== category.id).concat({ ...category, parentId }),
  );
  const deepest = Math.max(...moved.withDescendants(category.id).map((id) => moved.ancestors(id).length - above));
  if (above + deepest + 1 > MAX_CATEGORY_DEPTH) {
    return [{ code: 'INVALID', field: ['parentId'], rule: `The tree has at most ${MAX_CATEGORY_DEPTH} levels.` }];
  }
  return [];
}
