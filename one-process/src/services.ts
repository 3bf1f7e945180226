import { startCart } from '@souk/cart/composition';
import { readConfig as readCartConfig } from '@souk/cart/config';
import { startGateway } from '@souk/gateway/composition';
import { loadGatewayConfig } from '@souk/gateway/config';
import { composeNotification } from '@souk/notification/composition';
import { readConfig as readNotificationConfig, readWorkerConfig } from '@souk/notification/config';
import { composeWorker } from '@souk/notification/workerComposition';
import { composeOrder } from '@souk/order/composition';
import { readConfig as readOrderConfig } from '@souk/order/config';
import { composePayment } from '@souk/payment/composition';
import { readConfig as readPaymentConfig } from '@souk/payment/config';
import { startProduct } from '@souk/product/composition';
import { readConfig as readProductConfig } from '@souk/product/config';
import type { Life, Logger } from '@souk/runtime';
import { startUser } from '@souk/user/composition';
import { readConfig as readUserConfig } from '@souk/user/config';

export interface Started {
  readonly logger: Logger;
  readonly shutdownTimeoutMs?: number;
}

/** A service: reads its configuration (throws ConfigError) and answers how to start with it. */
type Service = (env: NodeJS.ProcessEnv) => (life: Life) => Promise<Started>;

const service =
  <Config>(
    read: (env: NodeJS.ProcessEnv) => Config,
    start: (config: Config, life: Life) => Promise<Started>,
  ): Service =>
  (env) => {
    const config = read(env);
    return (life) => start(config, life);
  };

/** All services of the shop, as their own mains start them. */
export const services = {
  user: service(readUserConfig, startUser),
  product: service(readProductConfig, startProduct),
  cart: service(readCartConfig, startCart),
  order: service(readOrderConfig, composeOrder),
  payment: service(readPaymentConfig, composePayment),
  notification: service(readNotificationConfig, composeNotification),
  worker: service(readWorkerConfig, composeWorker),
  gateway: service(loadGatewayConfig, startGateway),
} satisfies Record<string, Service>;

export type Name = keyof typeof services;
