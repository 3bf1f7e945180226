/** What reaches a subgraph, however it is reached: the signed body, and what it belongs to. */
export interface SubgraphRequest {
  /** JSON of the operation and its variables. */
  readonly body: string;
  /** `signIdentity` of this body. */
  readonly identity: string;
  readonly requestId: string | undefined;
  readonly traceparent: string | undefined;
}

export interface SubgraphAnswer {
  /** As HTTP has it. */
  readonly status: number;
  /** GraphQL's answer; the receiver's own copy. */
  readonly answer: unknown;
  /** Sent to stores for it; 0 in production, where nobody counts. */
  readonly statements: number;
}

/** Answers as the subgraph's server would; undefined for what has to come over the network. */
export type NearbySubgraph = (request: SubgraphRequest) => Promise<SubgraphAnswer> | undefined;

const served = new Map<string, NearbySubgraph>();

/** Says that this process serves a subgraph at an origin (`http://127.0.0.1:4003`), until the answer is called. */
export function serveNearby(origin: string, subgraph: NearbySubgraph): () => void {
  served.set(origin, subgraph);
  return () => {
    if (served.get(origin) === subgraph) served.delete(origin);
  };
}

/** The subgraph that this very process serves at an origin: a call to it needs no network. */
export const nearby = (origin: string): NearbySubgraph | undefined => served.get(origin);
