import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, DriverAdapterError } from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';

/**
 * Prisma's own schema engine, compiled to WebAssembly and loaded from the installed package: it needs no download and
 * no native binary, so that migrations work on a machine that reaches nothing but a package registry.
 */

const panics = {
  message: '',
  set_message(text: string): void {
    panics.message = text;
  },
};

/** The part of WebAssembly used here; TypeScript describes it only together with the browser's DOM. */
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(module: object, imports: Record<string, object>): Promise<{ readonly exports: EngineExports }>;
};

interface EngineExports {
  readonly __wbindgen_start: () => void;
}

let loading: Promise<void> | undefined;

async function loadWasm(): Promise<void> {
  const packageDir = dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg'));
  const compiled = await WebAssembly.compile(await readFile(join(packageDir, 'schema_engine_bg.wasm')));
  // The engine reports a panic by calling this before it traps; without it the message of a bug is lost.
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: panics });
  const { exports } = await WebAssembly.instantiate(compiled, { './schema_engine_bg.js': withoutHoldingTheProcess() });
  bindings.__wbg_set_wasm(exports);
  exports.__wbindgen_start();
}

/** The engine leaves a timer of ten seconds running; as given here, timers do not keep a process (or a test run) alive. */
function withoutHoldingTheProcess(): object {
  const imports = Object.entries(bindings).map(([name, value]) => {
    if (!name.startsWith('__wbg_setTimeout') || typeof value !== 'function') return [name, value];
    const unheld = (...args: readonly unknown[]): unknown => {
      const timer: unknown = Reflect.apply(value, undefined, args);
      if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function')
        timer.unref();
      return timer;
    };
    return [name, unheld];
  });
  return Object.fromEntries(imports);
}

export interface OpenSchemaEngineOptions {
  /** Pool of ONE connection that the engine works on; it is not closed by the engine. */
  readonly pool: pg.Pool;
  /** Path and content of the datamodel. */
  readonly datamodel?: { readonly path: string; readonly content: string };
}

export interface OpenedSchemaEngine {
  readonly engine: SchemaEngine;
  /** What Postgres (or a crash of the engine) really said behind an error that came through WebAssembly. */
  readonly explain: (error: unknown) => Error;
}

/** Starts the engine on a pool. Throws what the engine throws when the datamodel is invalid. */
export async function openSchemaEngine(options: OpenSchemaEngineOptions): Promise<OpenedSchemaEngine> {
  loading ??= loadWasm();
  await loading;
  const { datamodel, pool } = options;
  let refused: Error | undefined;
  const adapter = bindMigrationAwareSqlAdapterFactory(
    wholeScripts(pool, (error) => {
      refused = error;
    }),
  );
  const engine = await bindings.SchemaEngine.new(
    { datamodels: datamodel === undefined ? undefined : [[datamodel.path, datamodel.content]] },
    () => undefined,
    adapter,
  );
  const explain = (error: unknown): Error => {
    if (refused !== undefined) return refused;
    if (panics.message !== '') return new Error(`Prisma's schema engine crashed: ${panics.message}`, { cause: error });
    return error instanceof Error ? error : new Error(String(error));
  };
  return { engine, explain };
}

/**
 * Prisma's adapter cuts a script at every semicolon and sends the pieces one by one, which breaks function bodies and
 * leaves half a migration behind when one is refused. This one sends a script as it is: Postgres parses it, and runs it as
 * one transaction.
 */
function wholeScripts(pool: pg.Pool, onRefusal: (error: Error) => void): PrismaPg {
  const factory = new PrismaPg(pool);
  const connect = factory.connect.bind(factory);
  factory.connect = async () => {
    const adapter = await connect();
    adapter.executeScript = async (script) => {
      try {
        await pool.query(script);
      } catch (error) {
        const refusal = describeRefusal(script, error);
        onRefusal(refusal);
        throw new DriverAdapterError({
          kind: 'postgres',
          code: error instanceof pg.DatabaseError ? (error.code ?? 'XX000') : 'XX000',
          severity: 'ERROR',
          message: refusal.message,
          detail: undefined,
          column: undefined,
          hint: undefined,
        });
      }
    };
    return adapter;
  };
  return factory;
}

/** The refusal with the line of the script that Postgres points at. */
function describeRefusal(script: string, error: unknown): Error {
  if (!(error instanceof pg.DatabaseError)) return error instanceof Error ? error : new Error(String(error));
  const position = Number(error.position ?? Number.NaN);
  const line = Number.isFinite(position) ? ` (line ${script.slice(0, position).split('\n').length})` : '';
  const hints = [error.detail, error.hint].filter((text) => text !== undefined).map((text) => `\n  ${text}`);
  return new Error(`${error.message}${line}${hints.join('')}`, { cause: error });
}

export type { MigrationList, SchemaEngine };
