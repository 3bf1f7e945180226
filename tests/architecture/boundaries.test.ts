import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cruise, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser';

const root = resolve('.');
const { default: config } = await import(pathToFileURL(join(root, '.dependency-cruiser.mjs')).href);

/** Files of a small tree shaped like ours; each rule has one that breaks it, and the last ones break none. */
const FILES: Record<string, string> = {
  'subgraphs/order/src/app/ports.ts': 'export type Port = string;',
  'subgraphs/order/src/adapters/store.ts':
    "import type { Port } from '../app/ports.js'; export const store: Port = '';",
  'subgraphs/order/src/composition.ts': "export { store } from './adapters/store.js';",
  'subgraphs/order/src/config.ts': 'export const config = {};',
  'subgraphs/order/src/graphql/resolvers.ts': 'export const resolvers = {};',
  'subgraphs/cart/src/app/cart.ts': 'export const cart = 1;',
  'gateway/src/main.ts': 'export const gateway = 1;',
  'local/src/start.ts': 'export const start = 1;',
  'packages/money/src/index.ts': 'export const money = 1;',
  'one-process/src/startAll.ts':
    "import { store } from '../../subgraphs/order/src/composition.js'; export const startAll = store;",
  'audit/src/audit.ts': 'export const audit = 1;',
  'subgraphs/order/src/domain/states.ts': 'export const states = 1;',

  'subgraphs/order/src/graphql/other.ts':
    "import { cart } from '../../../cart/src/app/cart.js'; export const x = cart;",
  'subgraphs/order/src/app/gateway.ts':
    "import { gateway } from '../../../../gateway/src/main.js'; export const x = gateway;",
  'packages/money/src/service.ts':
    "import { cart } from '../../../subgraphs/cart/src/app/cart.js'; export const x = cart;",
  'subgraphs/order/src/adapters/local.ts':
    "import { start } from '../../../../local/src/start.js'; export const x = start;",
  'packages/money/src/judged.ts': "import { audit } from '../../../audit/src/audit.js'; export const x = audit;",
  'audit/src/store.ts': "import { store } from '../../subgraphs/order/src/adapters/store.js'; export const x = store;",
  'one-process/src/store.ts':
    "import { store } from '../../subgraphs/order/src/adapters/store.js'; export const x = store;",
  'local/src/shared.ts': "import { startAll } from '../../one-process/src/startAll.js'; export const x = startAll;",
  'audit/src/states.ts':
    "import { states } from '../../subgraphs/order/src/domain/states.js'; export const x = states;",
  'subgraphs/order/src/domain/impure.ts': "import { readFileSync } from 'node:fs'; export const x = readFileSync;",
  'subgraphs/order/src/app/adapter.ts': "import { store } from '../adapters/store.js'; export const x = store;",
  'subgraphs/order/src/app/vendor.ts': "import pg from 'pg'; export const x = pg;",
  'subgraphs/order/src/graphql/store.ts': "import { store } from '../adapters/store.js'; export const x = store;",
  'subgraphs/order/src/adapters/upwards.ts':
    "import { resolvers } from '../graphql/resolvers.js'; export const x = resolvers;",
  'subgraphs/order/src/app/root.ts': "import { store } from '../composition.js'; export const x = store;",
  'subgraphs/order/src/app/settings.ts': "import { config } from '../config.js'; export const x = config;",
  'subgraphs/order/src/app/nowhere.ts': "import { nothing } from './does-not-exist.js'; export const x = nothing;",
  'subgraphs/order/src/app/one.ts': "import { two } from './two.js'; export const one = () => two;",
  'subgraphs/order/src/app/two.ts': "import { one } from './one.js'; export const two = () => one;",

  'subgraphs/order/src/domain/pure.ts':
    "import { money } from '../../../../packages/money/src/index.js'; export const x = money;",
};

let folder: string;
let violations: Map<string, string[]>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'souk-boundaries-'));
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const { output } = await cruise(['subgraphs', 'packages', 'gateway', 'one-process', 'local', 'audit'], {
    ...config.options,
    baseDir: folder,
    validate: true,
    ruleSet: { forbidden: config.forbidden },
  });
  violations = new Map();
  for (const violation of (output as ICruiseResult).summary.violations) {
    violations.set(violation.rule.name, [...(violations.get(violation.rule.name) ?? []), violation.from]);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['no-other-subgraph', 'subgraphs/order/src/graphql/other.ts'],
  ['no-gateway-in-subgraphs', 'subgraphs/order/src/app/gateway.ts'],
  ['packages-stand-alone', 'packages/money/src/service.ts'],
  ['one-process-composes-only', 'one-process/src/store.ts'],
  ['nobody-knows-the-one-process', 'local/src/shared.ts'],
  ['judges-stand-outside', 'packages/money/src/judged.ts'],
  ['audit-reads-rules-only', 'audit/src/store.ts'],
  ['product-code-without-local', 'subgraphs/order/src/adapters/local.ts'],
  ['domain-is-pure', 'subgraphs/order/src/domain/impure.ts'],
  ['app-knows-ports-only', 'subgraphs/order/src/app/adapter.ts'],
  ['app-without-vendors', 'subgraphs/order/src/app/vendor.ts'],
  ['transport-calls-use-cases', 'subgraphs/order/src/graphql/store.ts'],
  ['adapters-do-not-call-in', 'subgraphs/order/src/adapters/upwards.ts'],
  ['composition-sees-everything-alone', 'subgraphs/order/src/app/root.ts'],
  ['config-reads-the-environment-alone', 'subgraphs/order/src/app/settings.ts'],
  ['no-unresolvable', 'subgraphs/order/src/app/nowhere.ts'],
  ['no-cycles', 'subgraphs/order/src/app/one.ts'],
])('%s refuses %s', (rule, file) => {
  expect(violations.get(rule)).toContain(file);
});

test('every rule is held against an import that it must refuse', () => {
  const rules = (config.forbidden as IForbiddenRuleType[]).map((rule) => rule.name);
  expect([...violations.keys()].sort()).toEqual([...rules].sort());
});

test('what is allowed is not refused', () => {
  const refused = [...violations.values()].flat();
  expect(refused).not.toContain('subgraphs/order/src/domain/pure.ts');
  expect(refused).not.toContain('subgraphs/order/src/adapters/store.ts');
  expect(refused).not.toContain('subgraphs/order/src/composition.ts');
  expect(refused).not.toContain('audit/src/states.ts');
});
