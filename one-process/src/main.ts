import { collectProcessMetrics, runService } from '@souk/runtime';
import { startAll } from './startAll.js';

runService('one-process', (life) => {
  // before a service says that these are its own
  collectProcessMetrics('one-process');
  return startAll(process.env, life);
});
