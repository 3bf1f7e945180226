import { composeServices } from '@apollo/composition';
import { Kind, lexicographicSortSchema, parse, print, printSchema, visit } from 'graphql';
import { placeOf } from './subgraphs.mjs';

const GENERATED = '# Composed from schema/subgraphs by `npm run schema:compose`. Do not edit.\n\n';

/** Access rules are enforced inside the subgraphs; `@apollo/gateway` refuses to start on a supergraph that links them. */
const ACCESS_FEATURES = ['authenticated', 'requiresScopes', 'policy'];
const STRIPPED_KINDS = new Set([Kind.DIRECTIVE, Kind.DIRECTIVE_DEFINITION, Kind.SCALAR_TYPE_DEFINITION]);

/** Takes the access features out of a supergraph: their links, definitions, scalars and applications. */
export function stripAccessFeatures(supergraphSdl) {
  const belongs = (name) => ACCESS_FEATURES.some((feature) => name === feature || name.startsWith(`${feature}__`));
  const linksAccess = (link) =>
    link.arguments.some(
      ({ name, value }) =>
        name.value === 'url' &&
        ACCESS_FEATURES.some((feature) => value.value.startsWith(`https://specs.apollo.dev/${feature}/`)),
    );
  const isAccess = (node) =>
    (node.kind === Kind.DIRECTIVE && node.name.value === 'link' && linksAccess(node)) ||
    (STRIPPED_KINDS.has(node.kind) && belongs(node.name.value));
  const document = visit(parse(supergraphSdl), { enter: (node) => (isAccess(node) ? null : undefined) });
  return print(document);
}

/**
 * Composes subgraphs. The routing URLs written into the supergraph are placeholders in the manner of Compose and
 * Kubernetes names; the gateway takes the real ones from its configuration (SUBGRAPH_URL_*).
 * @param {import('./subgraphs.mjs').Subgraph[]} subgraphs
 * @returns {{ ok: true, supergraph: string, api: string } | { ok: false, faults: import('./subgraphs.mjs').Fault[] }}
 */
export function compose(subgraphs) {
  const result = composeServices(
    subgraphs.map(({ name, document }) => ({ name, url: `http://${name}/graphql`, typeDefs: document })),
  );
  if (result.errors) {
    const fileOf = new Map(subgraphs.map(({ name, file }) => [name, file]));
    return { ok: false, faults: result.errors.map((error) => faultOf(error, fileOf)) };
  }
  const supergraph = stripAccessFeatures(result.supergraphSdl);
  const api = printSchema(lexicographicSortSchema(result.schema.toAPISchema().toGraphQLJSSchema()));
  return { ok: true, supergraph: `${GENERATED}${supergraph}\n`, api: `${GENERATED}${api}\n` };
}

function faultOf(error, fileOf) {
  const node = error.nodes?.find((candidate) => candidate.loc?.source.name.endsWith('.graphql'));
  const subgraph = /^\[([a-z]+)\]/.exec(error.message)?.[1] ?? /subgraphs? "([a-z]+)"/.exec(error.message)?.[1];
  const code = error.extensions?.code;
  return {
    where: placeOf(node, fileOf.get(subgraph) ?? 'subgraphs'),
    message: code ? `${error.message} (${code})` : error.message,
  };
}
