import type { EventEnvelope } from '@souk/events';
import type { Attribute, CatalogueProduct, CatalogueVariant, Category, ProductStatus } from '../domain/catalogue.js';

/** A product as it is stored. `skus` is what makes SKUs unique, and is absent when there are none (a sparse index). */
export interface ProductDocument {
  _id: string;
  slug: string;
  name: string;
  description: string | null;
  status: ProductStatus;
  version: number;
  /** Which write made this version. */
  changeId: string;
  categoryIds: string[];
  attributes: Attribute[];
  variants: CatalogueVariant[];
  skus?: string[];
  createdAt: Date;
  updatedAt: Date;
  deletedAt: Date | null;
  /** Present while changes wait for being projected. */
  pending?: true;
  pendingEvents: EventEnvelope[];
}

export interface CategoryDocument {
  _id: string;
  slug: string;
  name: string;
  description: string | null;
  parentId: string | null;
  createdAt: Date;
  updatedAt: Date;
}

/** Who may change something that must not be changed by two at once, and until when. */
export interface LockDocument {
  _id: string;
  holder: string;
  until: Date;
}

/** The stored fields of a product: those to set, and those to remove. */
export function toFields(product: CatalogueProduct) {
  const skus = product.variants.map(({ sku }) => sku);
  const set = {
    slug: product.slug,
    name: product.name,
    description: product.description,
    status: product.status,
    version: product.version,
    categoryIds: [...product.categoryIds],
    attributes: product.attributes.map(({ key, value }) => ({ key, value })),
    variants: product.variants.map((variant) => ({ ...variant })),
    createdAt: product.createdAt,
    updatedAt: product.updatedAt,
    deletedAt: product.deletedAt,
    ...(skus.length > 0 ? { skus } : {}),
  };
  return { set, unset: skus.length > 0 ? undefined : ({ skus: '' } as const) };
}

export function fromProductDocument(document: ProductDocument): CatalogueProduct {
  const { _id, slug, name, description, status, version, categoryIds, attributes, variants } = document;
  const { createdAt, updatedAt, deletedAt } = document;
  return {
    ...{ id: _id, slug, name, description, status, version, categoryIds, attributes, variants },
    ...{ createdAt, updatedAt, deletedAt },
  };
}

export function fromCategoryDocument(document: CategoryDocument): Category {
  const { _id, slug, name, description, parentId, createdAt, updatedAt } = document;
  return { id: _id, slug, name, description, parentId, createdAt, updatedAt };
}
