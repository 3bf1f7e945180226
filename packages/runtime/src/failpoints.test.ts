import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { ConfigError } from './config.js';
import { FAILPOINTS, type FailpointName } from './failpointNames.js';
import { armFailpoints, FailpointError, failpoint, prepareFailpoints } from './failpoints.js';

const POINT = 'outbox.relay.afterSend';
const OTHER = 'payment.apply.before';
afterEach(() => armFailpoints(''));

const passes = async (name: FailpointName): Promise<string> => {
  try {
    await failpoint(name);
    return 'passed';
  } catch (error) {
    return error instanceof FailpointError ? 'failed' : 'other';
  }
};
const passings = async (count: number): Promise<number[]> => {
  const failed: number[] = [];
  for (let n = 1; n <= count; n += 1) if ((await passes(POINT)) === 'failed') failed.push(n);
  return failed;
};

test('nothing happens at a failpoint that is not armed, nor at others than the armed one', async () => {
  expect(failpoint(POINT)).toBeUndefined();
  armFailpoints(`${POINT}=error`);
  expect(await passes(OTHER)).toBe('passed');
  expect(await passes(POINT)).toBe('failed');
});

test('@n springs at the n-th passing only; %p at so many of a hundred, the same ones for the same seed', async () => {
  armFailpoints(`${POINT}=error@3`);
  expect(await passings(6)).toEqual([3]);
  armFailpoints(`${POINT}=error%20;seed=5`);
  const first = await passings(200);
  armFailpoints(`${POINT}=error%20;seed=5`);
  expect(await passings(200)).toEqual(first);
  expect(first.length).toBeGreaterThan(20);
  expect(first.length).toBeLessThan(60);
});

test('delay waits so long, hang for ever', async () => {
  armFailpoints(`${POINT}=delay:80;${OTHER}=hang`);
  const from = performance.now();
  await failpoint(POINT);
  expect(performance.now() - from).toBeGreaterThan(75);
  const hung = Promise.race([failpoint(OTHER), new Promise((resolve) => setTimeout(() => resolve('waiting'), 60))]);
  expect(await hung).toBe('waiting');
});

test.each([
  ['order.placement.nowhere=kill', /there is no failpoint/],
  [`${POINT}=explode`, /is not kill, error, hang, drop or delay/],
  [`${POINT}=kill@`, /is not kill/],
  [POINT, /there is no failpoint/],
])('%s is refused, and what was armed stays armed', async (text, message) => {
  armFailpoints(`${POINT}=error`);
  expect(() => armFailpoints(text)).toThrow(message);
  expect(await passes(POINT)).toBe('failed');
});

test('production refuses FAILPOINTS, whatever it says', () => {
  const prepare = (FAILPOINTS: string) => () => prepareFailpoints('order', { NODE_ENV: 'production', FAILPOINTS });
  expect(prepare(`${POINT}=kill`)).toThrow(ConfigError);
  expect(prepare('@/tmp')).toThrow(/production refuses/);
  expect(prepare('')).not.toThrow();
});

describe('in a process of its own', () => {
  const directory = mkdtempSync(join(tmpdir(), 'souk-failpoints-'));
  const bundle = join('node_modules', '.cache', 'souk', 'failpoints.test.bundle.mjs');
  beforeAll(() =>
    build({
      stdin: {
        contents: "export { failpoint } from './failpoints.ts'; export { runService } from './lifecycle.ts';",
        resolveDir: 'packages/runtime/src',
      },
      outfile: bundle,
      bundle: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
    }),
  );
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  /** A service that passes the failpoint every few milliseconds. */
  function service(env: NodeJS.ProcessEnv) {
    const program = `import { failpoint, runService } from ${JSON.stringify(pathToFileURL(bundle).href)};
      runService('order', async () => {
        console.log('up');
        setInterval(() => failpoint('${POINT}'), 5);
        return { logger: { info() {}, error() {}, fatal() {} } };
      });`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      env: { ...process.env, NODE_ENV: 'test', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    return { child, ended: once(child, 'close').then(([status, signal]) => ({ status, signal, output })) };
  }

  test('a process with FAILPOINTS does not start in production: status 78, and the text says why', async () => {
    const { status, output } = await service({ NODE_ENV: 'production', FAILPOINTS: `${POINT}=kill` }).ended;
    expect(status).toBe(78);
    expect(output).toContain('production refuses them');
  });

  test('kill ends the process as kill -9 does', async () => {
    expect(await service({ FAILPOINTS: `${POINT}=kill@2` }).ended).toMatchObject({ signal: 'SIGKILL' });
  });

  test('a directory arms a running process at SIGUSR2, and tells what sprang before it does', async () => {
    const { child, ended } = service({ FAILPOINTS: `@${directory}` });
    await once(child.stdout, 'data');
    writeFileSync(join(directory, 'order.arm'), `${POINT}=kill@2\n`);
    child.kill('SIGUSR2');
    expect(await ended).toMatchObject({ signal: 'SIGKILL' });
    const log = readFileSync(join(directory, 'order.log'), 'utf8');
    expect(log).toBe(`armed ${child.pid} ${POINT}=kill@2\n${POINT} kill 2\n`);
  });
});

/** Source files of everything that is deployed, without tests. */
const sources = ['packages', 'subgraphs'].flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter(
      (path) => /\/src\/.*\.ts$/.test(path) && !/\.test\.ts$|\/(dist|generated|testing|node_modules)\//.test(path),
    )
    .map((path) => ({ path: join(root, path), text: readFileSync(join(root, path), 'utf8') })),
);

test('each failpoint of the table is passed by exactly one place in the code, in the service that the table names', () => {
  const places = new Map<string, string[]>();
  for (const { path, text } of sources) {
    for (const [, name = ''] of text.matchAll(/await failpoint\('([^']+)'\)/g)) {
      places.set(name, [...(places.get(name) ?? []), path]);
    }
  }
  expect([...places.keys()].sort()).toEqual(Object.keys(FAILPOINTS).sort());
  for (const [name, paths] of places) {
    expect({ name, paths }).toEqual({ name, paths: [expect.any(String)] });
    const owner = name.split('.')[0];
    expect(paths[0]).toMatch(owner === 'outbox' ? /^packages\/outbox\// : new RegExp(`^subgraphs/${owner}/`));
  }
});

test('docs/failpoints.md has the table, row by row', () => {
  const rows = Object.entries(FAILPOINTS).map(
    ([name, { in: processes, at }]) => `| \`${name}\` | ${processes.join(', ')} | ${at} |`,
  );
  const documented = readFileSync('docs/failpoints.md', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  expect(documented).toEqual(rows);
});
