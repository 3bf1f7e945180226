import { isReferable } from '../app/audience.js';
import type { ProductResolvers } from '../generated/graphql.js';

export const Product: ProductResolvers = {
  async __resolveReference(reference, context) {
    const product = await ('id' in reference
      ? context.loaders.productById.load(reference.id)
      : context.loaders.productBySlug.load(reference.slug));
    return product && isReferable(product, context.audience) ? context.views.product(product) : null;
  },
  async category(product, _args, context) {
    const [id] = product.categoryIds;
    return id ? ((await context.tree()).byId.get(id) ?? null) : null;
  },
  async categories(product, _args, context) {
    const { byId } = await context.tree();
    return product.categoryIds.flatMap((id) => byId.get(id) ?? []);
  },
  availableForSale(product, _args, context) {
    if (product.status !== 'ACTIVE') return false;
    const levels = product.variants.map(({ id }) => context.loaders.available(id));
    const known = levels.filter((level) => typeof level === 'number');
    if (known.length === levels.length) return known.some((level) => level > 0);
    return Promise.all(levels).then((all) => all.some((level) => level > 0));
  },
};
