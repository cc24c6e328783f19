import { RE2JS, RE2JSSyntaxException } from 're2js';
import { AppError } from '#shared/errors/app-error';
import type { CompilePattern } from '../../services/rules/ports.ts';

/**
 * Compiles an RE2 pattern; matching takes time linear in the text whatever the pattern is, so that a rule that somebody
 * shared cannot hold up an import. Answers whether a whole text matches; `rules.bad_pattern` when it is no pattern.
 */
export const compilePattern: CompilePattern = (pattern) => {
  try {
    const compiled = RE2JS.compile(pattern);
    return (text) => compiled.matcher(text).matches();
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    throw new AppError('rules.bad_pattern', 'input', { pattern, problem: error.message }, { cause: error });
  }
};
