import type { ClientInfo, Viewer, WorkContext } from '@souk/runtime';
import type { CookieJar } from '../http/cookieRules.js';

/** What a request carries through Apollo Server and the gateway to the data sources. */
export interface GatewayContext {
  readonly viewer: Viewer;
  readonly client: ClientInfo;
  /** The request's unit of work; subgraphs' statements are summed in it. */
  readonly work: WorkContext;
  /** Of a browser whose session lives in cookies. */
  readonly cookies?: CookieJar | undefined;
}
