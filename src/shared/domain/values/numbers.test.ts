import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NumberStyle } from '../mapping.ts';
import { detectNumberStyle, formatE4, looksLikeCodes, NumberReader, parseE4Text } from './numbers.ts';

const PLAIN: NumberStyle = { decimal: '.', grouping: '' };
const ENGLISH: NumberStyle = { decimal: '.', grouping: ',' };
const GERMAN: NumberStyle = { decimal: ',', grouping: '.' };
const FRENCH: NumberStyle = { decimal: ',', grouping: ' ' };
const SWISS: NumberStyle = { decimal: '.', grouping: "'" };

const e4 = (text: string, style: NumberStyle): string => {
  const parsed = parseE4Text(text, style);
  return parsed.ok ? formatE4(parsed.e4) : parsed.reason;
};

describe('numbers as people write them', () => {
  it.each([
    ['1,234.50', ENGLISH, '1234.5'],
    ['1.234,50', GERMAN, '1234.5'],
    ['(1,234.50)', ENGLISH, '-1234.5'],
    ['( 1,234.50 )', ENGLISH, '-1234.5'],
    ['KES 1,234/=', ENGLISH, '1234'],
    ['KES1,234.05', ENGLISH, '1234.05'],
    ['Ksh. 1,234.50', ENGLISH, '1234.5'],
    ['Kshs.500', ENGLISH, '500'],
    ['1,234/-', ENGLISH, '1234'],
    ['(KES 1,234)', ENGLISH, '-1234'],
    ['-KES 5', ENGLISH, '-5'],
    ['KES -5', ENGLISH, '-5'],
    ['$1,234.00', ENGLISH, '1234'],
    ['12.50 €', PLAIN, '12.5'],
    ['1 234,5', FRENCH, '1234.5'],
    ['1\u00a0234\u00a0567,5', FRENCH, '1234567.5'],
    ['1\u202f234,5', FRENCH, '1234.5'],
    ["1'234.5", SWISS, '1234.5'],
    ['1’234.5', SWISS, '1234.5'],
    ['1,234.50-', ENGLISH, '-1234.5'],
    ['\u2212 5', PLAIN, '-5'],
    ['+5', PLAIN, '5'],
    ['12%', PLAIN, '0.12'],
    ['(12.5%)', PLAIN, '-0.125'],
    ['1.5E+05', PLAIN, '150000'],
    ['1,5e-3', GERMAN, '0.0015'],
    ['1.50000000', PLAIN, '1.5'],
    ['.5', PLAIN, '0.5'],
    ['5.', PLAIN, '5'],
    ['-0', PLAIN, '0'],
    ['00123', PLAIN, '123'],
    ['99999999999999.9999', PLAIN, '99999999999999.9999'],
    ['-99,999,999,999,999.9999', ENGLISH, '-99999999999999.9999'],
    [' \t12 ', PLAIN, '12'],
    ['', PLAIN, 'blank'],
    [' - ', PLAIN, 'blank'],
    ['—', PLAIN, 'blank'],
    ['N/A', PLAIN, 'blank'],
    ['KES -', ENGLISH, 'blank'],
    ['1.23456', PLAIN, 'too-precise'],
    ['0.30000000000000004', PLAIN, 'too-precise'],
    ['12.345%', PLAIN, 'too-precise'],
    ['1e-9', PLAIN, 'too-precise'],
    ['1e309', PLAIN, 'out-of-range'],
    ['100000000000000', PLAIN, 'out-of-range'],
    ['1e999999999999', PLAIN, 'out-of-range'],
  ])('reads %j as %j to %s', (text, style, expected) => {
    expect(e4(text, style)).toBe(expected);
  });

  it.each([
    ['NaN', PLAIN],
    ['inf', PLAIN],
    ['Infinity', PLAIN],
    ['0x1F', PLAIN],
    ['1_000', PLAIN],
    ['1,23,4', ENGLISH],
    ['1,23,456', ENGLISH],
    ['1234,567', ENGLISH],
    ['1,234567', ENGLISH],
    [',234', ENGLISH],
    ['1,234,', ENGLISH],
    ['1,,234', ENGLISH],
    ['1,234', PLAIN],
    ['1.234,5', ENGLISH],
    ['1 234\u00a0567', FRENCH],
    ['1.2.3', PLAIN],
    ['--5', PLAIN],
    ['-5-', PLAIN],
    ['(-5)', PLAIN],
    ['(5', PLAIN],
    ['5)', PLAIN],
    ['()', PLAIN],
    ['(5))', PLAIN],
    ['5%%', PLAIN],
    ['KES', PLAIN],
    ['KES 5 USD', PLAIN],
    ['5 pcs', PLAIN],
    ['1e', PLAIN],
    ['e5', PLAIN],
    ['٣', PLAIN],
    ['５', PLAIN],
    ['.', PLAIN],
    ['+', PLAIN],
    ['1/2', PLAIN],
    ['12:30', PLAIN],
    ['2024-01-01', PLAIN],
    ['9'.repeat(100_000), PLAIN],
  ])('refuses %j', (text, style) => {
    expect(e4(text, style)).toBe('not-a-number');
  });
});

const styles = fc.constantFrom(PLAIN, ENGLISH, GERMAN, FRENCH, SWISS, {
  decimal: ',',
  grouping: '',
} as const);
const amounts = fc.bigInt({ min: -999_999_999_999_999_999n, max: 999_999_999_999_999_999n });

function write(value: bigint, style: NumberStyle): string {
  const [whole = '', fraction] = formatE4(value < 0n ? -value : value).split('.');
  const grouped = style.grouping === '' ? whole : whole.replace(/\B(?=(\d{3})+$)/g, style.grouping);
  return `${grouped}${fraction === undefined ? '' : style.decimal + fraction}`;
}

/** As a person would check it, apart from the implementation: digits in groups, one separator, four decimals. */
function accepted(text: string): boolean {
  return /^-?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d{0,4}0*)?$/.test(text);
}

describe('properties', () => {
  it('reads back what is written, in every style and sign form, through bytes and text', () => {
    const forms = fc.constantFrom('minus', 'parentheses', 'trailing', 'unicode', 'kes', 'shillings');
    fc.assert(
      fc.property(amounts, styles, forms, (value, style, form) => {
        const plain = write(value, style);
        const negative = value < 0n;
        const written = {
          minus: negative ? `-${plain}` : plain,
          parentheses: negative ? `(${plain})` : ` ${plain} `,
          trailing: negative ? `${plain}-` : `+${plain}`,
          unicode: negative ? `\u2212${plain}` : plain,
          kes: negative ? `KES (${plain})` : `Ksh ${plain}`,
          shillings: negative ? `-${plain}/=` : `${plain}/=`,
        }[form];
        expect(parseE4Text(written, style)).toEqual({ ok: true, e4: value });
        const bytes = new TextEncoder().encode(`x${written}y`);
        const reader = new NumberReader(style);
        expect(reader.read(bytes, 1, bytes.length - 1)).toBe(0);
        expect(reader.e4).toBe(value);
        expect(reader.text).toBe(formatE4(value));
        expect(Number.isNaN(reader.e4Low) ? value : BigInt(reader.e4Low)).toBe(value);
      }),
      { numRuns: 400 },
    );
  });

  it('accepts nothing that the written grammar does not, and bytes agree with text', () => {
    const noise = fc.string({ unit: fc.constantFrom(...'0123456789,.-'.split('')), maxLength: 12 });
    fc.assert(
      fc.property(noise, (text) => {
        const bytes = new TextEncoder().encode(text);
        const reader = new NumberReader(ENGLISH);
        const status = reader.read(bytes, 0, bytes.length);
        const parsed = parseE4Text(text, ENGLISH);
        expect(status === 0).toBe(parsed.ok);
        expect(parsed.ok ? reader.e4 : null).toBe(parsed.ok ? parsed.e4 : null);
        const trailingMinus = /^[^-]+-$/.test(text) ? `-${text.slice(0, -1)}` : text;
        const shape = accepted(trailingMinus) || /^-?\.\d{1,4}0*$/.test(trailingMinus);
        expect(shape || !parsed.ok).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads bytes as it reads text for any string', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), styles, (text, style) => {
        const bytes = new TextEncoder().encode(text);
        const status = new NumberReader(style).read(bytes, 0, bytes.length);
        expect(status).toBe(
          ['ok', 'blank', 'not-a-number', 'too-precise', 'out-of-range'].indexOf(
            ((parsed) => (parsed.ok ? 'ok' : parsed.reason))(parseE4Text(text.toWellFormed(), style)),
          ),
        );
      }),
    );
  });
});

describe('a column', () => {
  it('refuses amounts of another currency, also where they come first or alone', () => {
    const reader = new NumberReader(ENGLISH);
    const read = (text: string): number => {
      const bytes = new TextEncoder().encode(text);
      return reader.read(bytes, 0, bytes.length);
    };
    expect([read('USD 8'), read('KES 5'), read('6'), read('Ksh 7'), read('$ 8'), read('9')]).toEqual([
      2, 0, 0, 0, 2, 0,
    ]);
  });

  it.each([
    [['1,234.50', '12'], ENGLISH, false],
    [['1.234,50', '12'], GERMAN, false],
    [['12.5', '3'], PLAIN, false],
    [['12', '3'], PLAIN, false],
    [['12,5', '3'], { decimal: ',', grouping: '' }, false],
    [['1 234,5'], FRENCH, false],
    [["1'234.5"], SWISS, false],
    [['1,234', '5,678'], ENGLISH, true],
    [['1.234', '5.678'], PLAIN, true],
    [['1,234', '1,234,567'], ENGLISH, false],
    [['0,123', '1,234'], ENGLISH, true],
    [['abc', ''], null, false],
    [['-', 'n/a', ''], null, false],
  ])('finds the style of %j', (samples, style, ambiguous) => {
    const found = detectNumberStyle(samples);
    expect(found.style).toEqual(style);
    expect(found.ambiguous).toBe(ambiguous);
  });

  it('lets the other columns of the file decide', () => {
    expect(detectNumberStyle(['1,234'], { decimal: ',', grouping: '' })).toMatchObject({
      style: { decimal: ',', grouping: '' },
      ambiguous: false,
    });
  });

  it('tells how much fits', () => {
    expect(detectNumberStyle(['1', '2', 'x', '', '-']).fit).toBeCloseTo(2 / 3);
  });

  it('keeps codes as text', () => {
    expect(looksLikeCodes(['00123', '5'])).toBe(true);
    expect(looksLikeCodes(['12345678901234567890'])).toBe(true);
    expect(looksLikeCodes(['0', '0.5', '123'])).toBe(false);
  });
});
