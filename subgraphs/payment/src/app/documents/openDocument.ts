import { createHash } from 'node:crypto';
import type { Logger } from '@souk/runtime';
import type { Clock } from '../ports.js';
import type { DocumentLinks } from './documentLinks.js';
import type {
  DocumentFile,
  DocumentFormat,
  DocumentRenderers,
  DocumentStore,
  IssuedDocument,
} from './documentPorts.js';

export interface OpenDocumentDeps {
  readonly documents: DocumentStore;
  readonly renderers: DocumentRenderers;
  readonly links: DocumentLinks;
  readonly clock: Clock;
  readonly logger: Logger;
}

export type OpenedDocument =
  | { readonly kind: 'FILE'; readonly file: DocumentFile; readonly number: string }
  | { readonly kind: 'REFUSED' | 'NOT_FOUND' };

/**
 * The file behind a signed link. It is rendered when it is first asked for, and kept: from then on it is the same bytes, whatever
 * becomes of layouts, fonts and libraries. Two who ask at once get the same. Throws when kept bytes are not what was kept.
 */
export const openDocument =
  (deps: OpenDocumentDeps) =>
  async (link: Parameters<DocumentLinks['isValid']>[0]): Promise<OpenedDocument> => {
    if (!deps.links.isValid(link, deps.clock())) return { kind: 'REFUSED' };
    const [document] = await deps.documents.byIds([link.documentId]);
    if (document === undefined) return { kind: 'NOT_FOUND' };
    return { kind: 'FILE', file: await fileOf(deps, document, link.format), number: document.number };
  };

/**
 * One step of the archive: renders the files of one document that nobody has asked for so far, so that in the end everything that
 * was issued is kept as it looked. Answers whether there was one.
 */
export const archiveDocument =
  (deps: Pick<OpenDocumentDeps, 'documents' | 'renderers'>) => async (): Promise<boolean> => {
    const document = await deps.documents.takeUnarchived();
    if (document === undefined) return false;
    await fileOf(deps, document, 'HTML');
    await fileOf(deps, document, 'PDF');
    await deps.documents.archived(document.id);
    return true;
  };

async function fileOf(
  deps: Pick<OpenDocumentDeps, 'documents' | 'renderers'>,
  document: IssuedDocument,
  format: DocumentFormat,
): Promise<DocumentFile> {
  const kept = await deps.documents.file(document.id, format);
  if (kept === undefined) {
    return deps.documents.keepFile(document.id, format, await deps.renderers[format](document));
  }
  if (createHash('sha256').update(kept.bytes).digest('hex') !== kept.sha256) {
    throw new Error(`the ${format} of document ${document.id} is not what was kept`);
  }
  return kept;
}
