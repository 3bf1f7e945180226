import { noteApplied, startConsumers, startRelay } from '@souk/outbox';
import { openDatabase, watchBacklog } from '@souk/postgres';
import {
  createLoadMeter,
  createLogger,
  createServiceClient,
  createSubgraphServer,
  deliverExportPart,
  type Life,
  loadSdl,
  startRepeating,
} from '@souk/runtime';
import { paymentBacklog } from './adapters/backlog.postgres.js';
import { createDocumentStore } from './adapters/documents/documentStore.postgres.js';
import { createInvoiceOrderPort } from './adapters/documents/invoiceOrders.service.js';
import { renderHtml } from './adapters/documents/renderHtml.js';
import { renderPdf } from './adapters/documents/renderPdf.pdfkit.js';
import { createLedgerStore } from './adapters/ledgerStore.postgres.js';
import { createMethodStore } from './adapters/methodStore.postgres.js';
import { createOrderPort } from './adapters/order.service.js';
import { createOrderClaims } from './adapters/orderClaims.postgres.js';
import { createPaymentList } from './adapters/paymentList.prisma.js';
import { createPaymentStore } from './adapters/paymentStore.postgres.js';
import { createPersonalData } from './adapters/personalData.postgres.js';
import { createReconciliationStore } from './adapters/reconciliation/reconciliationStore.postgres.js';
import { createWebhookStore } from './adapters/webhookStore.postgres.js';
import { createApp } from './app/index.js';
import type { Config } from './config.js';
import { consumers } from './consumers/index.js';
import type { Seller } from './domain/documents/document.js';
import { PrismaClient } from './generated/prisma/client.js';
import { contextOf } from './graphql/context.js';
import { resolvers } from './graphql/resolvers.js';
import { createProviders } from './providers.js';
import { documentRoutes } from './webhooks/documentRoutes.js';
import { webhookRoutes } from './webhooks/providerWebhook.js';

const SWEEP_WEBHOOKS_EVERY_MS = 1_000;
const SETTLE_EVERY_MS = 2_000;
const PURGE_EVERY_MS = 10 * 60_000;
const REMOVE_METHODS_EVERY_MS = 60_000;
const ISSUE_DOCUMENTS_EVERY_MS = 1_000;
const ARCHIVE_DOCUMENT_EVERY_MS = 2_000;
/** While the process is busier than this, only each so many rounds archive one: about one a minute. */
const BUSY = 0.3;
const ARCHIVE_WHEN_BUSY_EVERY = 30;
const RECONCILE_EVERY_MS = 5_000;
const WATCH_LEDGER_EVERY_MS = 30_000;

/** Builds the payment service and starts it: server, webhooks, relay, consumers and sweepers. */
export async function composePayment(config: Config, life: Life) {
  const logger = createLogger('payment', config.LOG_LEVEL);
  const database = openDatabase({ url: config.DATABASE_URL_PAYMENT, service: 'payment', logger });
  life.onShutdown('database', () => database.close());
  const orderClient = createServiceClient({
    from: 'payment',
    to: 'order',
    url: config.SUBGRAPH_URL_ORDER,
    identitySecret: config.IDENTITY_SECRET,
  });
  life.onShutdown('order client', () => orderClient.close());
  const userClient = createServiceClient({
    from: 'payment',
    to: 'user',
    url: config.SUBGRAPH_URL_USER,
    identitySecret: config.IDENTITY_SECRET,
    connections: 2,
  });
  life.onShutdown('user client', () => userClient.close());
  const prisma = new PrismaClient({ adapter: database.prismaAdapter() });

  const backlog = watchBacklog({ database, statement: paymentBacklog, logger });
  life.onShutdown('backlog', () => backlog.close());

  const app = createApp({
    payments: createPaymentStore(database),
    webhooks: createWebhookStore(database, prisma),
    methods: createMethodStore(database),
    claims: createOrderClaims(database),
    personalData: createPersonalData(database),
    async deliverExportPart(event, read) {
      await deliverExportPart(userClient, event.data.exportId, read);
      await noteApplied(database, event, 'payment');
    },
    list: createPaymentList(prisma),
    orders: createOrderPort(orderClient),
    ledger: createLedgerStore(database),
    reconciliation: createReconciliationStore(database),
    documents: createDocumentStore(database),
    invoiceOrders: createInvoiceOrderPort(orderClient),
    renderers: { PDF: renderPdf, HTML: renderHtml },
    seller: sellerOf(config),
    numberPrefix: config.INVOICE_NUMBER_PREFIX,
    linkSecret: config.IDENTITY_SECRET,
    publicUrl: config.PUBLIC_URL,
    providers: createProviders(config),
    clock: () => new Date(),
    logger,
    reconcileAfterMs: config.PAYMENT_RECONCILE_AFTER_SECONDS * 1_000,
    keepMs: config.PAYMENT_KEEP_DAYS * 86_400_000,
    returnOrigins: new Set(config.PAYMENT_RETURN_ORIGINS),
    reconciliationEveryMs: config.PAYMENT_RECONCILIATION_EVERY_SECONDS * 1_000,
    reconciliationGraceMs: config.PAYMENT_RECONCILIATION_GRACE_SECONDS * 1_000,
    wakeSettling: () => settling.wake(),
    wakeReconciling: () => reconciling.wake(),
    wakeRemoving: () => removing.wake(),
  });

  const settling = startRepeating({
    name: 'settle payments',
    everyMs: SETTLE_EVERY_MS,
    logger,
    work: () => app.settlePayments(),
  });
  const removing = startRepeating({
    name: 'remove saved methods',
    everyMs: REMOVE_METHODS_EVERY_MS,
    logger,
    work: () => app.removeMethods(),
  });
  const reconciling = startRepeating({
    name: 'reconcile',
    everyMs: RECONCILE_EVERY_MS,
    logger,
    work: async () => {
      await app.scheduleReconciliation();
      return app.reconcile();
    },
  });
  const load = createLoadMeter();
  let busyRounds = 0;
  const sweepers = [
    settling,
    removing,
    reconciling,
    startRepeating({ name: 'watch ledger', everyMs: WATCH_LEDGER_EVERY_MS, logger, work: () => app.watchLedger() }),
    startRepeating({ name: 'purge', everyMs: PURGE_EVERY_MS, logger, work: () => app.purge() }),
    startRepeating({ name: 'settle refunds', everyMs: SETTLE_EVERY_MS, logger, work: () => app.settleRefunds() }),
    startRepeating({
      name: 'process webhooks',
      everyMs: SWEEP_WEBHOOKS_EVERY_MS,
      logger,
      work: () => app.sweepWebhooks(),
    }),
    startRepeating({
      name: 'issue documents',
      everyMs: ISSUE_DOCUMENTS_EVERY_MS,
      logger,
      work: () => app.issueDocuments(),
    }),
    startRepeating({
      name: 'archive documents',
      everyMs: ARCHIVE_DOCUMENT_EVERY_MS,
      logger,
      // One at a time, with a pause, and when there is little else to do: rendering takes the event loop for ten milliseconds or more, and
      // payments wait for it.
      work: async () => {
        busyRounds = load() > BUSY ? busyRounds + 1 : 0;
        if (busyRounds % ARCHIVE_WHEN_BUSY_EVERY !== 0) return false;
        await app.archiveDocument();
        return false;
      },
    }),
  ];
  life.onShutdown('sweepers', () => Promise.all(sweepers.map((sweeper) => sweeper.close())));

  const relay = await startRelay({ service: 'payment', database, redisUrl: config.REDIS_URL, logger });
  life.onShutdown('relay', () => relay.close());
  const consuming = await startConsumers({
    service: 'payment',
    database,
    redisUrl: config.REDIS_URL,
    logger,
    handlers: consumers(app),
  });
  life.onShutdown('consumers', () => consuming.close());
  life.onShutdown('webhooks', () => app.finishWebhooks());

  const server = await createSubgraphServer({
    service: 'payment',
    sdl: loadSdl('payment'),
    resolvers,
    createContext: contextOf(app),
    identitySecret: config.IDENTITY_SECRET,
    logger,
    production: config.NODE_ENV === 'production',
    readiness: { database: () => database.ping() },
    routes: (server) => {
      webhookRoutes(app)(server);
      documentRoutes(app)(server);
    },
  });
  life.onShutdown('server', () => server.close());
  await server.listen(config.HOST, config.PORT);
  return { logger, shutdownTimeoutMs: config.SHUTDOWN_TIMEOUT_MS };
}

const sellerOf = (config: Config): Seller => ({
  name: config.SELLER_NAME,
  address: config.SELLER_ADDRESS,
  countryCode: config.SELLER_COUNTRY,
  email: config.SELLER_EMAIL,
  vatId: config.SELLER_VAT_ID,
  taxId: config.SELLER_TAX_ID,
  registration: config.SELLER_REGISTRATION,
});
