import type { Subgraph } from '../schema/subgraphs.mjs';

export function rolesOf(subgraphs: readonly Subgraph[]): string[];
export function accessTable(subgraphs: readonly Subgraph[], scopesOf: (roles: never[]) => readonly string[]): string;
