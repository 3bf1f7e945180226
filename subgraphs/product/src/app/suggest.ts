import type { CatalogueProduct, Category } from '../domain/catalogue.js';
import { plainText } from '../domain/plainText.js';
import { isListed } from './audience.js';
import type { Reads } from './reads.js';

export type Suggestion = { readonly category: Category } | { readonly product: CatalogueProduct };

const MAX_CATEGORIES = 3;

/** What a shopper may be typing: a few categories whose name has such a word, then products. */
export const suggest =
  (reads: Reads) =>
  async (query: string, limit: number): Promise<Suggestion[]> => {
    const typed = plainText(query).trim();
    if (typed === '' || limit < 1) return [];
    const [tree, ids] = await Promise.all([reads.tree(), reads.suggest(typed, limit)]);
    const categories = [...tree.byId.values()]
      .filter(({ name }) => ` ${plainText(name)}`.includes(` ${typed}`))
      .sort((a, b) => a.name.length - b.name.length || (a.name < b.name ? -1 : 1))
      .slice(0, Math.min(MAX_CATEGORIES, limit));
    const products = new Map((await reads.productsByIds(ids)).map((product) => [product.id, product]));
    const found = ids.flatMap((id) => products.get(id) ?? []).filter((product) => isListed(product, 'shopper'));
    return [...categories.map((category) => ({ category })), ...found.map((product) => ({ product }))].slice(0, limit);
  };
