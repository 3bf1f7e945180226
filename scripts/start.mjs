#!/usr/bin/env node
/**
 * `npm start`, on a fresh clone after `npm ci` too: generates and compiles what is out of date, then starts the shop. Plain
 * JavaScript, because it runs before anything is compiled.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SERVICES } from './generate/services.mjs';

const began = Date.now();
const root = resolve(import.meta.dirname, '..');
process.chdir(root);

function fail(text) {
  console.error(`\n${text}`);
  process.exit(1);
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`Souk needs Node 20.19 or newer; this is ${process.version}. Get a newer one from https://nodejs.org`);
}
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
if (!existsSync(tsc)) fail('The packages are not installed. Run: npm ci');

async function step(title, work) {
  const started = Date.now();
  process.stdout.write(`${title} … `);
  const note = await work();
  console.log(`${note} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}

await step('Generated code', async () => {
  const { generate } = await import('./generate.mjs');
  const lines = [];
  const { written, failed } = await generate({ log: (line) => lines.push(line) });
  if (failed.length > 0) fail(lines.join('\n'));
  return written.length === 0 ? 'up to date' : `${written.length} written`;
});

await step('Compiling', async () => {
  // What runs, and what that refers to; not the benchmarks.
  const programs = ['local', 'gateway', 'one-process', ...SERVICES.map((service) => `subgraphs/${service}`)];
  const child = spawn(process.execPath, [tsc, '-b', ...programs, ...(process.stdout.isTTY ? ['--pretty'] : [])], {
    cwd: root,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const code = await new Promise((done, failed) => {
    child.once('error', failed);
    child.once('close', (status, signal) => done(status ?? signal));
  });
  if (code === 'SIGINT') process.exit(130);
  if (code !== 0) fail(`The code does not compile:\n${output}`);
  return 'done';
});

await step('Console', async () => {
  const { buildConsole } = await import('./build-console.mjs');
  return (await buildConsole()) ? 'built' : 'up to date';
});

const { explainStartError, start } = await import('../local/dist/start.js');
try {
  await start(process.argv.slice(2), began);
} catch (error) {
  const text = explainStartError(error);
  if (text === undefined) throw error;
  if (text !== '') fail(text);
  console.log('Stopped before everything was started. Nothing is left running.');
  process.exit(130);
}
