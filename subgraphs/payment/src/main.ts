import { runService } from '@souk/runtime';
import { composePayment } from './composition.js';
import { readConfig } from './config.js';

runService('payment', (life) => composePayment(readConfig(), life));
