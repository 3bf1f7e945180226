/** `npm run build`: everything that is generated, then everything that is compiled. What is up to date costs nothing. */
import { spawnSync } from 'node:child_process';

for (const [what, ...args] of [
  ['generated code', 'scripts/generate.mjs'],
  ['compiling', 'node_modules/typescript/bin/tsc', '-b'],
  ['console', 'scripts/build-console.mjs'],
]) {
  const from = Date.now();
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) {
    console.error(`build: ${what} failed`);
    process.exit(status ?? 1);
  }
  console.log(`build: ${what} (${((Date.now() - from) / 1_000).toFixed(1)} s)`);
}
