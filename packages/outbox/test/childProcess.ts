import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('../dist/test/', import.meta.url));

/** Bundles a TypeScript entry of this folder (Souk's packages inside, everybody else's outside), so that plain Node can run it. */
export async function bundle(name: string): Promise<string> {
  const outfile = `${folder}${name}-${process.pid}.mjs`;
  await build({
    entryPoints: [fileURLToPath(new URL(`./${name}.ts`, import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['souk-source'],
    plugins: [
      {
        name: 'souk-inside',
        setup: (setup) =>
          setup.onResolve({ filter: /^[^./]/ }, ({ path }) =>
            path.startsWith('@souk/') ? undefined : { path, external: true },
          ),
      },
    ],
  });
  return outfile;
}

export interface TestChild {
  /** Resolves when the child has printed a line that contains `text`. */
  printed(text: string): Promise<void>;
  kill(): Promise<void>;
}

export function startChild(file: string, args: readonly string[]): TestChild {
  const child: ChildProcess = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  const watchers = new Set<() => void>();
  child.stdout?.on('data', (chunk) => {
    output += String(chunk);
    for (const watcher of watchers) watcher();
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    printed: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (output.includes(text)) resolve();
        };
        watchers.add(look);
        look();
        void exited.then(() => reject(new Error(`the child ended without printing ${text}`)));
      }),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

export const removeBundle = (file: string): void => rmSync(file, { force: true });
