import { runService } from '@souk/runtime';
import { composeNotification } from './composition.js';
import { readConfig } from './config.js';

runService('notification', (life) => composeNotification(readConfig(), life));
