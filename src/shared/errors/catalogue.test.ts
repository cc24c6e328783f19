import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorCatalogue, renderError } from './index.ts';

const source = resolve(import.meta.dirname, '../..');

function sourceFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sourceFiles(path);
    return /\.tsx?$/.test(name) && !/\.(test|fixture|generated)\.tsx?$/.test(name) ? [path] : [];
  });
}

/** Codes as they stand in the source: in `new AppError('area.what'` and in the contract's `errors: [...]`. */
function usedCodes(): Map<string, string> {
  const used = new Map<string, string>();
  for (const path of sourceFiles(source)) {
    const text = readFileSync(path, 'utf8');
    for (const match of text.matchAll(/new AppError\(\s*'([a-z_]+\.[a-z_]+)'/g))
      used.set(match[1] ?? '', path);
    for (const list of text.matchAll(/errors: \[([^\]]*)\]/g)) {
      for (const match of (list[1] ?? '').matchAll(/'([a-z_]+\.[a-z_]+)'/g)) used.set(match[1] ?? '', path);
    }
  }
  return used;
}

describe('the error catalogue', () => {
  it('has an entry for each code that the source names', () => {
    const unknown = [...usedCodes()].filter(([code]) => !Object.hasOwn(errorCatalogue, code));
    expect(unknown.map(([code, path]) => `${code} in ${path.slice(source.length + 1)}`)).toEqual([]);
  });

  it('gives each code a title, a cause and a remedy in plain sentences', () => {
    for (const [code, entry] of Object.entries(errorCatalogue)) {
      for (const text of [entry.title, entry.cause, entry.remedy]) expect(text.trim(), code).not.toBe('');
      expect(entry.title, code).not.toMatch(/[.!]$/);
      expect(entry.remedy, code).toMatch(/[.”]$/);
      expect(`${entry.title} ${entry.cause} ${entry.remedy}`, code).not.toMatch(/!|\boops\b/i);
    }
  });

  it('shows a code of another version by its name and never as a blank', () => {
    expect(renderError({ code: 'future.thing', details: {} })).toMatchObject({
      code: 'future.thing',
      cause: 'The code is future.thing.',
    });
    expect(renderError({ code: '__proto__', details: {} }).cause).toBe('The code is __proto__.');
  });

  it('keeps a placeholder visible when its detail is missing', () => {
    expect(renderError({ code: 'app.invalid_input', details: { name: 'x' } }).cause).toBe(
      '‹path›: ‹problem›',
    );
  });
});
