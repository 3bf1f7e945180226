import { type ServiceClient, ServiceUnavailable } from '@souk/runtime';
import { type Catalogue, CatalogueUnavailable } from '../app/ports.js';

interface VariantForCart {
  id: string;
  productId: string;
  productName: string;
  variantName: string;
  sku: string;
  imageUrl: string | null;
  price: { centAmount: number; currencyCode: string };
  purchasable: boolean;
  quantityAvailable: number;
  weightGrams: number | null;
}

const DOCUMENT = `query VariantsForCart($ids: [ID!]!, $fresh: Boolean!) {
  variantsForCart(ids: $ids, fresh: $fresh) {
    id productId productName variantName sku imageUrl price { centAmount currencyCode } purchasable quantityAvailable weightGrams
  }
}`;

/** A cart waits no longer than this for prices, in milliseconds. */
const TIMEOUT_MS = 2_000;

/** The product service as the catalogue. */
export function createCatalogue(product: ServiceClient): Catalogue {
  return {
    async quote(variantIds, { fresh } = { fresh: false }) {
      if (variantIds.length === 0) return new Map();
      const answer = await product
        .request<{ variantsForCart: (VariantForCart | null)[] }>(
          DOCUMENT,
          { ids: variantIds, fresh },
          { timeoutMs: TIMEOUT_MS },
        )
        .catch((error: unknown) => {
          if (error instanceof ServiceUnavailable) throw new CatalogueUnavailable(error.reason, { cause: error });
          throw error;
        });
      return new Map(
        answer.variantsForCart.flatMap((variant) =>
          variant
            ? [
                [
                  variant.id,
                  {
                    variantId: variant.id,
                    productId: variant.productId,
                    productName: variant.productName,
                    variantName: variant.variantName === '' ? null : variant.variantName,
                    sku: variant.sku,
                    imageUrl: variant.imageUrl,
                    unitPrice: variant.price,
                    purchasable: variant.purchasable,
                    quantityAvailable: variant.quantityAvailable,
                    weightGrams: variant.weightGrams,
                  },
                ] as const,
              ]
            : [],
        ),
      );
    },
  };
}
