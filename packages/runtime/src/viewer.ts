export const SERVICES = ['gateway', 'user', 'product', 'cart', 'order', 'payment', 'notification'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** On whose behalf a subgraph acts. Guests are anonymous. */
export type Viewer =
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'user';
      readonly userId: string;
      readonly sessionId: string;
      readonly roles: readonly string[];
      readonly scopes: readonly string[];
    }
  | { readonly kind: 'service'; readonly service: ServiceName; readonly scopes: readonly string[] };

/** The client that a gateway's request came from; for session lists and throttling. */
export interface ClientInfo {
  readonly ip?: string | undefined;
  readonly userAgent?: string | undefined;
}

export function hasScope(viewer: Viewer, scope: string): boolean {
  return viewer.kind !== 'anonymous' && viewer.scopes.includes(scope);
}

/** How events and logs name the one who acts. */
export function actorOf(viewer: Viewer): string {
  if (viewer.kind === 'user') return viewer.userId;
  return viewer.kind === 'service' ? `service:${viewer.service}` : 'anonymous';
}
