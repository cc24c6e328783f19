import type { SimilarValue } from '#shared/domain/job';
import { labelOfField, type RuleCheck, type RuleFacts, type TEXT_FORMS } from '#shared/domain/rules/rule-set';
import { similarName } from '#shared/domain/rules/similar-name';
import type { Dimension } from '#shared/domain/sales-schema';
import { parseDateText } from '#shared/domain/values/dates';
import { parseE4Text } from '#shared/domain/values/numbers';
import type { CompilePattern } from '../../rules/ports.ts';
import { quoted } from '../value-messages.ts';
import type { RowCheck, RuleRows, TellBroken } from './ports.ts';

/** Judges each different text once; `whyBroken` answers null for a text that passes. */
class TextCheck implements RowCheck {
  readonly #field: Dimension;
  readonly #whyBroken: (text: string) => string | null;
  readonly #verdicts: (string | null)[] = [];

  constructor(field: Dimension, whyBroken: (text: string) => string | null) {
    this.#field = field;
    this.#whyBroken = whyBroken;
  }

  judge(rows: RuleRows, tell: TellBroken): void {
    const texts = rows.texts(this.#field);
    if (texts === null) return;
    for (let index = 0; index < rows.count; index++) {
      const code = texts.codes[index] ?? -1;
      if (code < 0) continue;
      let verdict = this.#verdicts[code];
      if (verdict === undefined) {
        verdict = this.#whyBroken(texts.text(code));
        this.#verdicts[code] = verdict;
      }
      if (verdict !== null) tell(index, texts.text(code), verdict);
    }
  }
}

const FORMS: Readonly<
  Record<(typeof TEXT_FORMS)[number], { readonly is: (text: string) => boolean; readonly word: string }>
> = {
  number: { is: (text) => e4Of(text) !== null, word: 'a number' },
  'whole-number': { is: (text) => (e4Of(text) ?? 1n) % 10_000n === 0n, word: 'a whole number' },
  date: { is: (text) => parseDateText(text, 'iso').ok, word: 'a date written as year-month-day' },
  words: { is: (text) => e4Of(text) === null, word: 'words but a number' },
};

function e4Of(text: string): bigint | null {
  const parsed = parseE4Text(text, { decimal: '.', grouping: ',' });
  return parsed.ok ? parsed.e4 : null;
}

export function formCheck({ field, form }: Extract<RuleCheck, { kind: 'type' }>): RowCheck {
  const { is, word } = FORMS[form];
  return new TextCheck(field, (text) => (is(text) ? null : `${quoted(text)} is not ${word}.`));
}

export function patternCheck(
  { field, pattern }: Extract<RuleCheck, { kind: 'pattern' }>,
  compile: CompilePattern,
): RowCheck {
  const matches = compile(pattern);
  return new TextCheck(field, (text) =>
    matches(text) ? null : `${quoted(text)} is not written as ${pattern}.`,
  );
}

export function listCheck({ field, values }: Extract<RuleCheck, { kind: 'list' }>): RowCheck {
  const listed = new Set(values);
  return new TextCheck(field, (text) => {
    if (listed.has(text)) return null;
    const similar = similarName(text, values);
    const hint = similar === null ? '' : ` Is ${quoted(similar)} meant?`;
    return `${quoted(text)} is not in the list.${hint}`;
  });
}

/** Names that do not occur in rows that count, and those among them that look like one that does. */
export class KnownCheck implements RowCheck {
  readonly #field: Dimension;
  readonly #known: readonly string[];
  readonly #set: ReadonlySet<string>;
  readonly #similar: (string | null | undefined)[] = [];
  readonly #rows = new Map<string, number>();

  constructor(field: Dimension, facts: Extract<RuleFacts, { kind: 'known' }>) {
    this.#field = field;
    this.#known = facts.values;
    this.#set = new Set(facts.values);
  }

  /** Of the rows judged so far. */
  get similarValues(): Omit<SimilarValue, 'sheet'>[] {
    return [...this.#rows].map(([value, rows]) => ({
      field: this.#field,
      value,
      similarTo: similarName(value, this.#known) ?? '',
      rows,
    }));
  }

  judge(rows: RuleRows, tell: TellBroken): void {
    const texts = rows.texts(this.#field);
    if (texts === null) return;
    // Codes of texts that are known, by code: most rows of a file end here.
    for (let index = 0; index < rows.count; index++) {
      const code = texts.codes[index] ?? -1;
      if (code < 0) continue;
      let similar = this.#similar[code];
      if (similar === undefined) {
        const text = texts.text(code);
        similar = this.#set.has(text) ? null : (similarName(text, this.#known) ?? '');
        this.#similar[code] = similar;
      }
      if (similar === null) continue;
      const text = texts.text(code);
      const label = labelOfField(this.#field);
      if (similar === '') tell(index, text, `${label} ${quoted(text)} does not occur in the imports so far.`);
      else {
        this.#rows.set(text, (this.#rows.get(text) ?? 0) + 1);
        tell(index, text, `${label} ${quoted(text)} is new; it looks like ${quoted(similar)}.`);
      }
    }
  }
}
