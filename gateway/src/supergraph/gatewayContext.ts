import type { ClientInfo, Viewer, WorkContext } from '@souk/runtime';

/** What a request carries through Apollo Server and the gateway to the data sources. */
export interface GatewayContext {
  readonly viewer: Viewer;
  readonly client: ClientInfo;
  /** The request's unit of work; subgraphs' statements are summed in it. */
  readonly work: WorkContext;
}
