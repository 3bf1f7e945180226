import { runService } from '@souk/runtime';
import { startProduct } from './composition.js';
import { readConfig } from './config.js';

runService('product', (life) => startProduct(readConfig(), life));
