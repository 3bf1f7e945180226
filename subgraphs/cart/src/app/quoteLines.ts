import { MAX_LINES } from '../domain/cart.js';
import { type LinesQuote, type LinesToQuote, quoteLines as quote } from '../domain/linesQuote.js';
import { type Catalogue, CatalogueUnavailable, type Clock, type RulesSource } from './ports.js';

export interface QuoteLinesDeps {
  readonly catalogue: Catalogue;
  readonly rules: RulesSource;
  readonly now: Clock;
}

export type LinesQuoteResult =
  | { readonly ok: true; readonly quote: LinesQuote }
  | { readonly ok: false; readonly code: 'INVALID' | 'DEPENDENCY_UNAVAILABLE'; readonly message: string };

/** What lines that are in no cart cost at this moment: one question to the catalogue, nothing is written. */
export const quoteLines =
  (deps: QuoteLinesDeps) =>
  async (wanted: LinesToQuote): Promise<LinesQuoteResult> => {
    if (wanted.lines.length > MAX_LINES) {
      return { ok: false, code: 'INVALID', message: `At most ${MAX_LINES} lines can be quoted at once.` };
    }
    try {
      const quotes = await deps.catalogue.quote([...new Set(wanted.lines.map((line) => line.variantId))], {
        fresh: true,
      });
      const made = quote(wanted, quotes, deps.rules.current(), deps.now());
      return made === undefined
        ? { ok: false, code: 'INVALID', message: 'This is worth more than can be ordered at once.' }
        : { ok: true, quote: made };
    } catch (error) {
      if (!(error instanceof CatalogueUnavailable)) throw error;
      return {
        ok: false,
        code: 'DEPENDENCY_UNAVAILABLE',
        message: 'The catalogue cannot be asked for prices right now. Try again in a moment.',
      };
    }
  };
