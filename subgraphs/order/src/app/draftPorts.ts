import type { EventEnvelope } from '@souk/events';
import type { PlacedOrder } from '../domain/decidePlacement.js';
import type { Draft, DraftContent } from '../domain/draft.js';
import type { Placement } from './ports.js';

export interface DraftPage {
  readonly drafts: readonly Draft[];
  readonly hasNextPage: boolean;
  /** Undefined unless it was asked for. */
  readonly totalCount: number | undefined;
}

export interface DraftStore {
  /** Makes a draft, or answers the one that this key has made. */
  create(draft: Draft): Promise<Draft>;
  byIds(ids: readonly string[]): Promise<(Draft | undefined)[]>;
  /** Replaces what an OPEN draft of this version says; undefined when it is another one by now. */
  update(id: string, version: number, content: DraftContent, now: Date): Promise<Draft | undefined>;
  /** OPEN → DELETED; undefined when it is not open (any more). */
  remove(id: string, now: Date): Promise<Draft | undefined>;
  page(request: {
    state: Draft['state'] | null;
    first: number;
    after: { createdAt: string; id: string } | null;
    totalCount: boolean;
  }): Promise<DraftPage>;
}

/** How sequential numbers look: the prefix, and the first one that is given out. */
export interface Numbering {
  readonly prefix: string;
  readonly first: number;
}

/**
 * Commits of placements that need a transaction: those with a number without gaps (given out with the commit, or not at all) and those
 * of drafts (which become COMPLETED with it).
 */
export interface CarefulCommits {
  /** `make` may be called again; `sequence` is null when numbers are random. */
  commit(
    placement: Placement,
    o: { readonly draft: { readonly id: string; readonly version: number } | null; readonly first: number | null },
    make: (sequence: number | null) => { placed: PlacedOrder; published: readonly EventEnvelope[] },
  ): Promise<
    | { readonly kind: 'COMMITTED'; readonly placed: PlacedOrder }
    | { readonly kind: 'LOST' | 'NUMBER_TAKEN' | 'DRAFT_CHANGED' }
  >;
}
