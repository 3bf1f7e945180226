import type { CatalogueProduct, ProductStatus } from '../domain/catalogue.js';

/** Staff (catalog:write) see everything; shoppers what is or was for sale. */
export type Audience = 'shopper' | 'staff';

/** Whether lists, searches and lookups show a product. */
export function isListed(product: CatalogueProduct, audience: Audience): boolean {
  return audience === 'staff' || product.status === 'ACTIVE';
}

/**
 * Whether a reference from elsewhere (an old order, a cart) may be followed to a product: also to one that is archived, so
 * that a customer still sees what was bought. A draft leaks nothing.
 */
export function isReferable(product: CatalogueProduct, audience: Audience): boolean {
  return audience === 'staff' || product.status !== 'DRAFT';
}

/** The statuses that an audience may list; a shopper who asks for others gets nothing. */
export function listedStatuses(audience: Audience, asked: ProductStatus | null): readonly ProductStatus[] {
  if (audience === 'staff') return asked ? [asked] : ['DRAFT', 'ACTIVE', 'ARCHIVED'];
  return asked === null || asked === 'ACTIVE' ? ['ACTIVE'] : [];
}
