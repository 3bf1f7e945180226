import { runService } from '@souk/runtime';
import { startGateway } from './composition.js';
import { loadGatewayConfig } from './config.js';

runService('gateway', (life) => startGateway(loadGatewayConfig(), life));
