import type { Money } from '@souk/money';

/** DRAFT: staff only. ACTIVE: for sale. ARCHIVED: no longer sold, but still named wherever it was bought. */
export type ProductStatus = 'DRAFT' | 'ACTIVE' | 'ARCHIVED';

export interface NamedValue {
  readonly name: string;
  readonly value: string;
}

export interface Attribute {
  readonly key: string;
  readonly value: string;
}

export interface CatalogueVariant {
  readonly id: string;
  readonly sku: string;
  readonly name: string;
  readonly price: Money;
  readonly compareAtPrice: Money | null;
  readonly selectedOptions: readonly NamedValue[];
  readonly weightGrams: number | null;
  /** Stock on hand that the variant started with; what is there now is in the inventory. */
  readonly initialOnHand: number;
}

/** One catalogue document. All variants of a product have prices in one currency. */
export interface CatalogueProduct {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string | null;
  readonly status: ProductStatus;
  /** Grows by one with each change. */
  readonly version: number;
  readonly categoryIds: readonly string[];
  readonly attributes: readonly Attribute[];
  readonly variants: readonly CatalogueVariant[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Set when it was deleted; such a document only lives until the deletion is projected. */
  readonly deletedAt: Date | null;
}

export interface Category {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string | null;
  readonly parentId: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
