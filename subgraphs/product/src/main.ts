import { runService } from '@souk/runtime';
import { compose } from './composition.js';
import { readConfig } from './config.js';

runService('product', async (life) => {
  const config = readConfig();
  const { server, logger } = await compose(config, life);
  await server.listen(config.HOST, config.PORT);
  return { logger, shutdownTimeoutMs: config.SHUTDOWN_TIMEOUT_MS };
});
