import { runService } from '@souk/runtime';
import { startCart } from './composition.js';
import { readConfig } from './config.js';

runService('cart', (life) => startCart(readConfig(), life));
