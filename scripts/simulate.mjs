/** `npm run simulate`: bundles tests/simulation with the services' sources (half a second) and runs it. Arguments: see its main.ts. */

import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const root = resolve(import.meta.dirname, '..');
const folder = join(root, 'node_modules', '.cache', 'souk');
const outfile = join(folder, 'simulate.mjs');
mkdirSync(folder, { recursive: true });

await build({
  entryPoints: [join(root, 'tests', 'simulation', 'main.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: 'inline',
  conditions: ['souk-source'],
  logLevel: 'warning',
  plugins: [
    {
      // Our own packages from their sources; everything else as it is installed.
      name: 'others-as-installed',
      setup: (bundle) =>
        bundle.onResolve({ filter: /^[^./]/ }, ({ path }) =>
          path.startsWith('@souk/') ? undefined : { path, external: true },
        ),
    },
  ],
});

const { status } = spawnSync(process.execPath, ['--enable-source-maps', outfile, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exit(status ?? 1);
