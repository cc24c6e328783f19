import { describe, expect, it } from 'vitest';
import { readArguments } from './arguments.ts';
import { COMMANDS } from './commands.ts';
import { commandHelp, help } from './help.ts';

const usage = (problem: string, hint: string | RegExp) =>
  expect.objectContaining({
    code: 'cli.usage',
    details: {
      problem: expect.stringContaining(problem),
      hint: typeof hint === 'string' ? expect.stringContaining(hint) : expect.stringMatching(hint),
    },
  });
const read = (...words: string[]) => readArguments('import', COMMANDS.import, words);

describe('the words of a command', () => {
  it('reads options anywhere, with a blank or with an equals sign', () => {
    const args = read(
      'a.csv',
      '--sheet',
      'Sheet 1',
      'b.csv',
      '--control-rows=5',
      '--no-wait',
      '--control-revenue',
      '-1.25',
    );
    expect(args.positionals).toEqual(['a.csv', 'b.csv']);
    expect(args.text('sheet')).toBe('Sheet 1');
    expect(args.number('control-rows')).toBe(5);
    expect(args.text('control-revenue')).toBe('-1.25');
    expect(args.flag('no-wait')).toBe(true);
    expect(args.flag('json')).toBe(false);
    expect(args.text('mapping')).toBeUndefined();
  });

  it('takes everything after -- as a file, and a lone minus too', () => {
    expect(read('--json', '--', '--odd.csv', '-x').positionals).toEqual(['--odd.csv', '-x']);
    expect(read('-').positionals).toEqual(['-']);
  });

  it('keeps a value with an equals sign or a newline whole', () => {
    expect(read('a', '--sheet=a=b\nc').text('sheet')).toBe('a=b\nc');
  });

  it.each([
    [['a', '--mappping', 'x'], 'no option --mappping', '--mapping'],
    [['a', '--onduplicate', 'x'], 'no option --onduplicate', '--on-duplicate'],
    [['a', '-h'], 'no option -h', '--'],
    [['a', '--__proto__', 'x'], 'no option --__proto__', '--'],
    [['a', '--on-duplicate', 'skp'], '--on-duplicate cannot be “skp”', 'Did you mean “skip”'],
    [['a', '--control-rows', '1.5'], '--control-rows must be a whole number', '--control-rows N'],
    [['a', '--control-revenue', '1,5'], '--control-revenue must be an amount', '--control-revenue KES'],
    [['a', '--max-rejects', '-1'], '--max-rejects must be a number', 'PERCENT'],
    [['a', '--sheet'], '--sheet needs a value', '--sheet NAME'],
    [['a', '--sheet', '--json'], '--sheet needs a value', '--sheet NAME'],
    [['a', '--sheet='], '--sheet needs a value', '--sheet NAME'],
    [['a', '--json=1'], '--json takes no value', '--json'],
    [['a', '--sheet', 'a', '--sheet', 'b'], '--sheet is given twice', 'once'],
    [[], '“import” needs FILE…', 'mauzo help import'],
  ])('refuses %j and says what was meant', (words, problem, hint) => {
    expect(() => read(...words)).toThrow(usage(problem, hint));
  });

  it('refuses more than a command takes', () => {
    expect(() => readArguments('undo', COMMANDS.undo, ['a', 'b'])).toThrow(
      usage('does not take “b”', 'undo'),
    );
  });
});

describe('help', () => {
  it('names every command, and every option of each', () => {
    for (const [name, spec] of Object.entries(COMMANDS)) {
      expect(help()).toContain(name);
      const text = commandHelp(name, spec);
      for (const option of Object.keys(spec.options)) expect(text).toContain(`--${option}`);
    }
  });
});
