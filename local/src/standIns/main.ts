import { readSettings } from './readSettings.js';
import { startStandIns } from './startStandIns.js';

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
