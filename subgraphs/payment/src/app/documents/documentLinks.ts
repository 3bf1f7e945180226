import { createSignedLinks } from '@souk/runtime';
import type { DocumentFormat } from './documentPorts.js';

export interface DocumentLinks {
  /** The address of a document's file, for whoever may see it now. Anybody who has it may follow it until it ends. */
  urlOf(documentId: string, format: DocumentFormat, now: Date): string;
  /** Whether these are the parameters of a link of ours that has not ended. */
  isValid(link: { documentId: string; format: DocumentFormat; expires: string; signature: string }, now: Date): boolean;
}

/** Signed links to documents: each opens one document in one format. */
export function createDocumentLinks(o: { secret: string; publicUrl: string }): DocumentLinks {
  const links = createSignedLinks({ ...o, purpose: 'souk document links' });
  const subjectOf = (documentId: string, format: DocumentFormat): string => `${documentId}.${format}`;
  return {
    urlOf: (documentId, format, now) =>
      links.urlOf(subjectOf(documentId, format), `/documents/${documentId}.${format.toLowerCase()}`, now),
    isValid: ({ documentId, format, ...link }, now) =>
      links.isValid({ subject: subjectOf(documentId, format), ...link }, now),
  };
}
