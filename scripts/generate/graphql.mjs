import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Kind, parse, visit } from 'graphql';
import { fingerprint, isFresh, stamp } from './fingerprint.mjs';

const require = createRequire(import.meta.url);

/** The directives of federation that decide about types; all others (access, composition) have no part in them. */
const FEDERATION = `
scalar _FieldSet
directive @key(fields: _FieldSet!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE
directive @external on OBJECT | FIELD_DEFINITION
directive @requires(fields: _FieldSet!) on FIELD_DEFINITION
directive @provides(fields: _FieldSet!) on FIELD_DEFINITION
`;
const KEPT_DIRECTIVES = new Set(['key', 'external', 'requires', 'provides', 'deprecated', 'oneOf', 'specifiedBy']);

const CONFIG = {
  federation: true,
  disableFederationDirectiveAndScalarInjection: true,
  contextType: '../graphql/context.js#Context',
  useTypeImports: true,
  enumsAsTypes: true,
  strictScalars: true,
  defaultScalarType: 'unknown',
  scalars: {
    DateTime: { input: 'Date', output: 'string | Date' },
    SafeInt: 'number',
    Decimal: 'string',
    JSON: 'unknown',
    CurrencyCode: 'string',
    CountryCode: 'string',
    _FieldSet: 'string',
  },
  // A resolver may leave an optional value out; "| undefined" makes that legal under exactOptionalPropertyTypes.
  maybeValue: 'T | null | undefined',
  inputMaybeValue: 'T | null | undefined',
  // Plain objects in unions and interfaces (userErrors above all) are told apart by their __typename.
  resolversNonOptionalTypename: { unionMember: true, interfaceImplementingType: true },
  makeResolverTypeCallable: true,
  immutableTypes: true,
};

/**
 * Writes the resolver types of one service (subgraphs/<service>/src/generated/graphql.ts) from its SDL. Each exported
 * `interface|type <Type>Model` in src/graphql/models.ts is what resolvers of the GraphQL type <Type> are given as parent.
 * @returns {Promise<{ state: 'none' | 'fresh' | 'stale' | 'written', warnings?: string[] }>}
 */
export async function generateGraphql(root, service, { checkOnly = false } = {}) {
  const sdlFile = join(root, 'schema', 'subgraphs', `${service}.graphql`);
  if (!existsSync(sdlFile)) return { state: 'none' };
  const shared = await readFile(join(root, 'schema', 'subgraphs', '_shared.graphql'), 'utf8');
  const own = await readFile(sdlFile, 'utf8');
  const source = join(root, 'subgraphs', service, 'src');
  const modelsText = await readFile(join(source, 'graphql', 'models.ts'), 'utf8').catch(() => '');
  const models = [...modelsText.matchAll(/^export (?:interface|type) (\w+)Model\b/gm)].map((match) => match[1]).sort();

  const output = join(source, 'generated', 'graphql.ts');
  const stampFile = join(source, 'generated', '.graphql.sha256');
  const print = fingerprint([
    shared,
    own,
    models.join(),
    require('@graphql-codegen/typescript-resolvers/package.json').version,
    await readFile(import.meta.filename, 'utf8'),
  ]);
  if (await isFresh(stampFile, print, output)) return { state: 'fresh' };
  if (checkOnly) return { state: 'stale' };

  const schema = readSdl(shared, own, `schema/subgraphs/${service}.graphql`);
  const declared = new Set(schema.definitions.flatMap((definition) => definition.name?.value ?? []));
  const known = models.filter((type) => declared.has(type));
  const text = await runCodegen(
    schema,
    Object.fromEntries(known.map((type) => [type, `../graphql/models.js#${type}Model`])),
  );
  await mkdir(dirname(output), { recursive: true });
  await writeFile(output, `${text}\n`);
  await stamp(stampFile, print);
  const warnings = models
    .filter((type) => !declared.has(type))
    .map(
      (type) => `subgraphs/${service}/src/graphql/models.ts: ${type}Model belongs to no GraphQL type of this service`,
    );
  return { state: 'written', warnings };
}

async function runCodegen(schema, mappers) {
  // Imported here, because loading the generator takes longer than finding out that nothing has to be generated.
  const { codegen } = await import('@graphql-codegen/core');
  const typescript = await import('@graphql-codegen/typescript');
  const resolvers = await import('@graphql-codegen/typescript-resolvers');
  return codegen({
    schema,
    documents: [],
    filename: 'graphql.ts',
    config: { ...CONFIG, mappers },
    plugins: [{ typescript: {} }, { resolvers: {} }],
    pluginMap: { typescript, resolvers },
  });
}

/** Both files as one document of ordinary GraphQL, in which every extended type has a definition. */
function readSdl(shared, own, path) {
  const document = visit(parse(FEDERATION + shared + own), {
    [Kind.SCHEMA_EXTENSION]: () => null,
    [Kind.DIRECTIVE_DEFINITION]: (node) => (KEPT_DIRECTIVES.has(node.name.value) ? undefined : null),
    [Kind.DIRECTIVE]: (node) => (KEPT_DIRECTIVES.has(node.name.value) ? undefined : null),
  });
  const defined = new Set(
    document.definitions.flatMap((node) => (node.kind.endsWith('Definition') && node.name ? [node.name.value] : [])),
  );
  const definitions = document.definitions.map((node) => {
    if (node.kind !== Kind.OBJECT_TYPE_EXTENSION || defined.has(node.name.value)) return node;
    defined.add(node.name.value);
    return { ...node, kind: Kind.OBJECT_TYPE_DEFINITION };
  });
  if (!defined.has('Query')) throw new Error(`${path} has no type Query`);
  return { ...document, definitions };
}
