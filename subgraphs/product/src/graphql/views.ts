import { toGraph } from '@souk/money';
import type { CatalogueProduct } from '../domain/catalogue.js';
import type { ProductModel, ProductVariantModel } from './models.js';

export interface Views {
  product(product: CatalogueProduct): ProductModel;
  /** The variant of this product that has the id or the SKU. */
  variant(
    product: CatalogueProduct,
    key: { readonly id?: string; readonly sku?: string },
  ): ProductVariantModel | undefined;
  imageUrl(slug: string): string;
}

/** Documents as the graph shows them. A document never changes, so each is converted once and kept as long as it is. */
export function createViews(mediaBaseUrl: string): Views {
  const base = mediaBaseUrl.replace(/\/+$/, '');
  const known = new WeakMap<CatalogueProduct, ProductModel>();
  const imageUrl = (slug: string) => `${base}/media/products/${slug}.svg`;

  function toModel(product: CatalogueProduct): ProductModel {
    const media = [{ url: imageUrl(product.slug), alt: product.name, kind: 'IMAGE' as const }];
    const variants: ProductVariantModel[] = [];
    const prices = product.variants.map(({ price }) => price).sort((a, b) => a.centAmount - b.centAmount);
    const [min] = prices;
    const max = prices.at(-1);
    const model: ProductModel = {
      id: product.id,
      slug: product.slug,
      name: product.name,
      description: product.description,
      status: product.status,
      version: product.version,
      categoryIds: product.categoryIds,
      options: optionsOf(product),
      attributes: product.attributes,
      variants,
      priceRange: min && max ? { min: toGraph(min), max: toGraph(max) } : null,
      media,
      createdAt: product.createdAt.toISOString(),
      updatedAt: product.updatedAt.toISOString(),
    };
    for (const variant of product.variants) {
      variants.push({
        id: variant.id,
        sku: variant.sku,
        name: variant.name,
        product: model,
        price: toGraph(variant.price),
        compareAtPrice: variant.compareAtPrice && toGraph(variant.compareAtPrice),
        selectedOptions: variant.selectedOptions,
        media,
        weightGrams: variant.weightGrams,
        forSale: product.status === 'ACTIVE',
      });
    }
    return model;
  }

  function view(product: CatalogueProduct): ProductModel {
    let model = known.get(product);
    if (!model) {
      model = toModel(product);
      known.set(product, model);
    }
    return model;
  }

  return {
    product: view,
    variant: (product, { id, sku }) =>
      view(product).variants.find((variant) => variant.id === id || variant.sku === sku),
    imageUrl,
  };
}

/** Names and values in the order in which the variants first use them. */
function optionsOf(product: CatalogueProduct): { name: string; values: string[] }[] {
  const options = new Map<string, Set<string>>();
  for (const variant of product.variants) {
    for (const { name, value } of variant.selectedOptions) {
      const values = options.get(name) ?? new Set();
      options.set(name, values.add(value));
    }
  }
  return [...options].map(([name, values]) => ({ name, values: [...values] }));
}
