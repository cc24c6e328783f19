import { describe, expect, it } from 'vitest';
import { compilePattern } from './compile-pattern.ts';

describe('a pattern of a rule', () => {
  it('must match the whole text', () => {
    const matches = compilePattern('[A-Z]{3}-[0-9]+|x');
    expect(['KSM-12', 'x', 'KSM-12 ', 'aKSM-1', ''].map(matches)).toEqual([true, true, false, false, false]);
  });

  it('takes linear time where a backtracking engine would hang', () => {
    expect(compilePattern('(a+)+b')('a'.repeat(20_000))).toBe(false);
  });

  it.each(['(', '[z-a]', '(?=x)', 'a{2,1}', '\\1'])('refuses %s', (pattern) => {
    expect(() => compilePattern(pattern)).toThrow(expect.objectContaining({ code: 'rules.bad_pattern' }));
  });
});
