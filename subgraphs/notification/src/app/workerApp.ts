import { notify } from './notify.js';
import { eraseOrder, eraseUser, exportPersonalData, type PersonalDataDeps } from './personalData.js';
import type { DeliveryStore } from './ports.js';
import { type SendDeliveriesDeps, sendDeliveries } from './sendDeliveries.js';
import { sweepDeliveries } from './sweepDeliveries.js';

export interface WorkerAppDeps extends Omit<SendDeliveriesDeps, 'store'>, PersonalDataDeps {
  readonly store: DeliveryStore;
  readonly batchSize: number;
}

/** What the notification worker can do. */
export function createWorkerApp(deps: WorkerAppDeps) {
  const send = sendDeliveries(deps);
  return {
    notify: notify({ store: deps.store, send }),
    eraseUser: eraseUser(deps),
    eraseOrder: eraseOrder(deps),
    exportPersonalData: exportPersonalData(deps),
    sweep: sweepDeliveries({ store: deps.store, send, batchSize: deps.batchSize }),
  };
}

export type WorkerApp = ReturnType<typeof createWorkerApp>;
