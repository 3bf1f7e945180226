import type { Money } from '@souk/money';
import type { ServiceClient } from '@souk/runtime';
import type { Article, Articles } from '../app/afterSalesPorts.js';

type Variant = Omit<Article, 'variantId' | 'variantName' | 'price'> & {
  readonly id: string;
  readonly variantName: string;
  readonly price: Money;
};

const DOCUMENT = `query OrderArticles($ids: [ID!]!) {
  variantsForCart(ids: $ids) { id productName variantName sku imageUrl price { centAmount currencyCode } purchasable }
}`;
const TIMEOUT_MS = 3_000;

/** The product service's catalogue, called as a service. */
export function createArticles(client: ServiceClient): Articles {
  return async (variantIds) => {
    if (variantIds.length === 0) return new Map();
    const { variantsForCart } = await client.request<{ variantsForCart: (Variant | null)[] }>(
      DOCUMENT,
      { ids: variantIds },
      { timeoutMs: TIMEOUT_MS },
    );
    return new Map(
      variantsForCart
        .filter((variant) => variant !== null)
        .map(({ id, variantName, ...rest }): [string, Article] => [
          id,
          { ...rest, variantId: id, variantName: variantName === '' ? null : variantName },
        ]),
    );
  };
}
