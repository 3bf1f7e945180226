import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger, runService, schemaFolder } from '@souk/runtime';
import { createGateway } from './composition.js';
import { loadGatewayConfig } from './config.js';

runService('gateway', async (life) => {
  const config = loadGatewayConfig();
  const logger = createLogger('gateway', config.logLevel);
  const supergraphSdl = readFileSync(join(schemaFolder(), 'supergraph.graphql'), 'utf8');
  const gateway = await createGateway(config, logger, supergraphSdl);
  life.onShutdown('gateway', gateway.close);
  await gateway.listen(config.host, config.port);
  return { logger, shutdownTimeoutMs: config.shutdownTimeoutMs };
});
