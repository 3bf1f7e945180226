/** The processes of the shop on one machine. The order is that of starting; stopping goes backwards. */
export const STORES = ['postgres', 'redis', 'documentStore'] as const;
export const SUBGRAPHS = ['user', 'product', 'cart', 'order', 'payment', 'notification'] as const;
/** What the gateway has behind it. */
export const BEHIND_GATEWAY = [...SUBGRAPHS, 'worker'] as const;
export const PROCESSES = [...STORES, 'standIns', ...BEHIND_GATEWAY, 'gateway'] as const;

export type StoreName = (typeof STORES)[number];
export type SubgraphName = (typeof SUBGRAPHS)[number];
export type ProcessName = (typeof PROCESSES)[number];

/** Port of each process as `npm start` uses it, and the variable that changes it. */
export const PORTS: Readonly<Record<ProcessName, { readonly port: number; readonly variable: string }>> = {
  gateway: { port: 4000, variable: 'SOUK_PORT_GATEWAY' },
  user: { port: 4001, variable: 'SOUK_PORT_USER' },
  product: { port: 4002, variable: 'SOUK_PORT_PRODUCT' },
  cart: { port: 4003, variable: 'SOUK_PORT_CART' },
  order: { port: 4004, variable: 'SOUK_PORT_ORDER' },
  payment: { port: 4005, variable: 'SOUK_PORT_PAYMENT' },
  notification: { port: 4006, variable: 'SOUK_PORT_NOTIFICATION' },
  worker: { port: 4007, variable: 'SOUK_PORT_WORKER' },
  standIns: { port: 4010, variable: 'SOUK_PORT_STANDINS' },
  postgres: { port: 54_329, variable: 'SOUK_PORT_POSTGRES' },
  documentStore: { port: 27_027, variable: 'SOUK_PORT_MONGODB' },
  redis: { port: 6389, variable: 'SOUK_PORT_REDIS' },
};

/** Where each of our own programs is, from the root of the repository, once compiled. */
export const ENTRIES: Readonly<Record<Exclude<ProcessName, 'postgres' | 'redis'>, string>> = {
  documentStore: 'local/dist/documentStore/main.js',
  standIns: 'local/dist/standIns/main.js',
  user: 'subgraphs/user/dist/main.js',
  product: 'subgraphs/product/dist/main.js',
  cart: 'subgraphs/cart/dist/main.js',
  order: 'subgraphs/order/dist/main.js',
  payment: 'subgraphs/payment/dist/main.js',
  notification: 'subgraphs/notification/dist/main.js',
  worker: 'subgraphs/notification/dist/worker.js',
  gateway: 'gateway/dist/main.js',
};

/** The program of all services together; it runs in the gateway's place. */
export const ONE_PROCESS_ENTRY = 'one-process/dist/main.js';
