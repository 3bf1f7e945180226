/**
 * Who may import whom (docs/architecture.md, "Imports"). `npm run check` enforces it, and
 * tests/architecture/boundaries.test.ts holds each rule against an import that it must refuse.
 */
const SERVICE = '^subgraphs/([^/]+)/src';
const own = (...folders) => `${SERVICE}/(${folders.join('|')})/`;
const TESTS = '\\.test\\.ts$|/testing/';

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

export default {
  forbidden: [
    forbid(
      'no-cycles',
      'A cycle has no order in which it can be understood.',
      { pathNot: 'generated' },
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    ),
    forbid(
      'no-other-subgraph',
      'Services meet in the graph, in service calls and in events, never in code.',
      { path: SERVICE },
      { path: '^subgraphs/([^/]+)/', pathNot: '^subgraphs/$1/' },
    ),
    forbid(
      'no-gateway-in-subgraphs',
      'A subgraph does not know who routes to it.',
      { path: '^(subgraphs|packages)/' },
      { path: '^gateway/' },
    ),
    forbid(
      'packages-stand-alone',
      'Packages are used by services, not the other way round.',
      { path: '^packages/' },
      { path: '^(subgraphs|local)/' },
    ),
    forbid(
      'one-process-composes-only',
      'The process of all services starts them as their own mains do; it has no business with what is inside of them.',
      { path: '^one-process/', pathNot: TESTS },
      {
        path: '^(subgraphs/[^/]+|gateway)/',
        pathNot: '/src/(composition|workerComposition|config)\\.ts$',
      },
    ),
    forbid(
      'nobody-knows-the-one-process',
      'Whether services share a process is decided when they are started, nowhere else.',
      { path: '^(packages|subgraphs|gateway|local|audit|bench|chaos)/', pathNot: TESTS },
      { path: '^one-process/' },
    ),
    forbid(
      'judges-stand-outside',
      'Nothing that is judged by the audit, the chaos run or the bench depends on them.',
      { path: '^(packages|subgraphs|gateway|one-process|local)/' },
      { path: '^(audit|chaos|bench)/' },
    ),
    forbid(
      'audit-reads-rules-only',
      'The auditor takes the tables of states from the services, and nothing that reads or writes: it looks for itself.',
      { path: '^audit/', pathNot: TESTS },
      { path: '^(subgraphs|gateway|local)/', pathNot: '^subgraphs/[^/]+/src/domain/' },
    ),
    forbid(
      'product-code-without-local',
      'local/ makes one machine work; what is deployed does not contain it.',
      { path: '^(subgraphs|gateway|one-process)/', pathNot: TESTS },
      { path: '^local/' },
    ),
    forbid(
      'domain-is-pure',
      'Rules have no I/O: they import other rules, money, event types and the making of HTML.',
      { path: own('domain'), pathNot: TESTS },
      {
        pathNot: [
          own('domain'),
          '^packages/(money|events)/',
          '^packages/runtime/src/html\\.ts$',
          '(^|/)node_modules/@souk/(money|events)',
        ],
      },
    ),
    forbid(
      'app-knows-ports-only',
      'Use cases name what they need in ports; adapters and transports come from the composition.',
      { path: own('app'), pathNot: TESTS },
      { path: own('graphql', 'consumers', 'webhooks', 'adapters', 'generated') },
    ),
    forbid(
      'app-without-vendors',
      'A use case that imports a driver or a vendor SDK cannot be tested or moved without it.',
      { path: own('app', 'domain'), pathNot: TESTS },
      {
        path: '(^|/)node_modules/(pg|mongodb|redis|bullmq|stripe|@paypal|twilio|@sendgrid|@prisma|fastify|undici|graphql|@apollo)/',
      },
    ),
    forbid(
      'transport-calls-use-cases',
      'Resolvers, consumers and webhooks translate; stores are behind the use cases.',
      { path: own('graphql', 'consumers', 'webhooks'), pathNot: TESTS },
      { path: own('adapters') },
    ),
    forbid(
      'adapters-do-not-call-in',
      'An adapter implements a port; it does not start use cases or know a transport.',
      { path: own('adapters'), pathNot: TESTS },
      { path: own('graphql', 'consumers', 'webhooks') },
    ),
    forbid(
      'composition-sees-everything-alone',
      'Only the mains and tests may import the composition root.',
      { path: `${SERVICE}/(graphql|app|domain|adapters|consumers|webhooks)/`, pathNot: TESTS },
      { path: `${SERVICE}/(composition|main|worker)\\.ts$` },
    ),
    forbid(
      'config-reads-the-environment-alone',
      'Values are passed in; only mains and compositions see the configuration.',
      { path: `${SERVICE}/(graphql|app|domain|adapters|consumers|webhooks)/`, pathNot: TESTS },
      { path: `${SERVICE}/config\\.ts$`, dependencyTypesNot: ['type-only'] },
    ),
    forbid(
      'no-unresolvable',
      'An import that resolves to nothing fails at run time. Files of a page import by URL, which only a browser resolves.',
      { pathNot: ['fixtures', '^local/src/standIns/page/assets/'] },
      { couldNotResolve: true, pathNot: 'generated|^virtual:' },
    ),
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    // The parser takes .tsx for plain TypeScript; those files are the console's views, which nothing imports.
    exclude: { path: '(^|/)(dist|generated)/|[.]tsx$' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['souk-source', 'import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
};
