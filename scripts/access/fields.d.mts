import type { Subgraph } from '../schema/subgraphs.mjs';

/** What the SDL's directive says of a field. Scopes: one inner list must be held entirely. */
export type Rule =
  | { readonly kind: 'public' | 'owned' | 'authenticated' }
  | { readonly kind: 'scopes'; readonly anyOf: readonly (readonly string[])[] };

export interface AccessField {
  readonly service: string;
  readonly type: string;
  readonly name: string;
  /** `Query.order` */
  readonly key: string;
  /** Whether it is a field of Query or Mutation. */
  readonly root: boolean;
  /** For services only: not in the API of clients. */
  readonly hidden: boolean;
  readonly rule: Rule | null;
  /** Paths of arguments that are ids: `id`, `input.lines.variantId`. */
  readonly ids: readonly string[];
  readonly where: string;
}

export interface AccessEntity {
  readonly service: string;
  readonly type: string;
  /** `payment.Order` */
  readonly key: string;
  readonly keys: readonly string[];
  readonly fields: readonly { readonly name: string; readonly rule: Rule | null }[];
  readonly where: string;
}

export function accessFields(subgraphs: readonly Subgraph[]): AccessField[];
export function accessEntities(subgraphs: readonly Subgraph[]): AccessEntity[];
