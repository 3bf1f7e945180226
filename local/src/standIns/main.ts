import { setFlagsFromString } from 'node:v8';
import { readSettings } from './readSettings.js';
import { startStandIns } from './startStandIns.js';

// A small young generation: 25 MB less of memory under load, for a few per cent more of processor time.
setFlagsFromString('--max-semi-space-size=2');
setFlagsFromString('--semi-space-growth-factor=1');

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

try {
  const standIns = await startStandIns({ ...readSettings(process.env), log: print });
  const stop = (): void => {
    void standIns.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
