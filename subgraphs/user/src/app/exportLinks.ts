import { createSignedLinks } from '@souk/runtime';

export interface ExportLinks {
  /** The address of an export's file, for its owner. Anybody who has it may follow it until it ends. */
  urlOf(exportId: string, now: Date): string;
  /** Whether these are the parameters of a link of ours that has not ended. */
  isValid(link: { exportId: string; expires: string; signature: string }, now: Date): boolean;
}

/** Signed links to exports of personal data: each opens one export. */
export function createExportLinks(o: { secret: string; publicUrl: string }): ExportLinks {
  const links = createSignedLinks({ ...o, purpose: 'souk account export links' });
  return {
    urlOf: (exportId, now) => links.urlOf(exportId, `/account-exports/${exportId}.json`, now),
    isValid: ({ exportId, ...link }, now) => links.isValid({ subject: exportId, ...link }, now),
  };
}
