/** The BullMQ notification worker: consumes events, sends mails and text messages. */
import { runService } from '@souk/runtime';
import { readWorkerConfig } from './config.js';
import { composeWorker } from './workerComposition.js';

runService('notification-worker', (life) => composeWorker(readWorkerConfig(), life));
