import { runService } from '@souk/runtime';
import { startUser } from './composition.js';
import { readConfig } from './config.js';

runService('user', (life) => startUser(readConfig(), life));
