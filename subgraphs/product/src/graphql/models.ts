import type { GraphMoney } from '@souk/money';
import type { StockLevel, StockMovement } from '../app/ports.js';
import type { QuotedVariant } from '../app/quoteVariants.js';
import type { Attribute, Category, NamedValue, ProductStatus } from '../domain/catalogue.js';

/** What resolvers of each type are given. Plain fields have the graph's names and shapes, so that most need no resolver. */
export interface ProductModel {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string | null;
  readonly status: ProductStatus;
  readonly version: number;
  readonly categoryIds: readonly string[];
  readonly options: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly attributes: readonly Attribute[];
  readonly variants: readonly ProductVariantModel[];
  readonly priceRange: { readonly min: GraphMoney; readonly max: GraphMoney } | null;
  readonly media: readonly MediaModel[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface ProductVariantModel {
  readonly id: string;
  readonly sku: string;
  readonly name: string;
  readonly product: ProductModel;
  readonly price: GraphMoney;
  readonly compareAtPrice: GraphMoney | null;
  readonly selectedOptions: readonly NamedValue[];
  readonly media: readonly MediaModel[];
  readonly weightGrams: number | null;
  /** Whether the product is for sale at all; an archived one has no stock to offer. */
  readonly forSale: boolean;
}

export interface MediaModel {
  readonly url: string;
  readonly alt: string;
  readonly kind: 'IMAGE';
}

export type CategoryModel = Category;
export type InventoryModel = StockLevel;
export type StockMovementModel = StockMovement;
export type VariantForCartModel = QuotedVariant;
