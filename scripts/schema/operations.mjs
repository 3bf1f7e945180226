import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buildSchema, Kind, validate } from 'graphql';
import { parseFile, placeOf, SchemaFileError } from './subgraphs.mjs';

/**
 * Reads `schema/operations/<role>/<Name>.graphql` with its `<Name>.variables.json`.
 * The first line of each file is a comment: the title that people see in the console and in the docs.
 */
export function readOperations(directory) {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: role }) =>
      readdirSync(join(directory, role))
        .filter((file) => file.endsWith('.graphql'))
        .sort()
        .map((file) => readOperation(directory, role, file)),
    );
}

function readOperation(directory, role, file) {
  const path = join(directory, role, file);
  const displayName = `${basename(directory)}/${role}/${file}`;
  const text = readFileSync(path, 'utf8');
  return {
    role,
    name: basename(file, '.graphql'),
    file: displayName,
    text,
    title: /^# *(.+)/.exec(text)?.[1],
    document: parseFile(path, displayName),
    variables: readVariables(path.replace(/\.graphql$/, '.variables.json'), displayName),
  };
}

function readVariables(path, displayName) {
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SchemaFileError(displayName.replace(/\.graphql$/, '.variables.json'), 1, error.message);
  }
}

/**
 * Every operation validates against the API, stands alone in a file named after it, and has a title and example variables.
 * @returns {import('./subgraphs.mjs').Fault[]}
 */
export function operationFaults(operations, apiSdl) {
  const schema = buildSchema(apiSdl);
  return operations.flatMap((operation) => [
    ...validate(schema, operation.document).map((error) => ({
      where: placeOf(error.nodes?.[0], operation.file),
      message: error.message,
    })),
    ...formFaults(operation),
  ]);
}

function formFaults({ name, file, title, document, variables }) {
  const definitions = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  const [operation] = definitions;
  if (definitions.length !== 1 || operation.name?.value !== name) {
    return [{ where: file, message: `a file holds exactly one operation, named after the file: "${name}"` }];
  }
  const faults = [];
  if (!title)
    faults.push({ where: `${file}:1`, message: 'the first line must be a comment: the title of this journey' });
  const declared = new Set((operation.variableDefinitions ?? []).map(({ variable }) => variable.name.value));
  for (const given of Object.keys(variables)) {
    if (!declared.has(given)) faults.push({ where: file, message: `example variable "${given}" is not declared` });
  }
  for (const definition of operation.variableDefinitions ?? []) {
    const variable = definition.variable.name.value;
    const required = definition.type.kind === Kind.NON_NULL_TYPE && !definition.defaultValue;
    if (required && !(variable in variables)) {
      faults.push({ where: placeOf(definition, file), message: `variable "$${variable}" has no example value` });
    }
  }
  return faults;
}
