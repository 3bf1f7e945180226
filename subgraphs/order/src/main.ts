import { runService } from '@souk/runtime';
import { composeOrder } from './composition.js';
import { readConfig } from './config.js';

runService('order', (life) => composeOrder(readConfig(), life));
