import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { druidConnectionSchema } from '#shared/domain/connections';
import { addressProblem, openHost, wholeNumberProblem } from './checks.ts';

describe('an address', () => {
  it.each([
    ['', 'Needed'],
    ['druid.example.co.ke:8888', 'Begin'],
    ['ftp://druid.example.co.ke', 'Begin'],
    ['https://amina:secret@druid.example.co.ke', 'user and password'],
    ['https://druid example', 'no spaces'],
    ['https://', 'Not an address'],
    ['http://host:99999', 'Not an address'],
    [`https://${'a'.repeat(500)}`, 'Not an address'],
  ])('%j is explained', (text, problem) => {
    expect(addressProblem(text)).toContain(problem);
  });

  it('with port and path is fine, also with spaces around it', () => {
    expect(addressProblem('https://host:8888/druid')).toBeUndefined();
    expect(addressProblem('  HTTP://10.1.2.3:9000 ')).toBeUndefined();
    expect(addressProblem('http://[::1]:9000')).toBeUndefined();
  });

  it('that is found fine is one that the engine takes', () => {
    const url = druidConnectionSchema.shape.coordinatorUrl;
    const text = fc.oneof(
      fc.webUrl({ withQueryParameters: true, withFragments: true }),
      fc.string({ unit: 'grapheme' }).map((rest) => `https://${rest}`),
      fc.string(),
    );
    fc.assert(
      fc.property(text, (address) => {
        const fine = addressProblem(address) === undefined;
        expect(!fine || url.safeParse(address.trim()).success).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('what travels openly', () => {
  it('is what goes by http to another computer', () => {
    expect(openHost('http://s3.example.co.ke:9000')).toBe('s3.example.co.ke');
    expect(openHost('https://s3.example.co.ke')).toBeNull();
    expect(openHost('http://localhost:9000')).toBeNull();
    expect(openHost('http://[::1]:9000')).toBeNull();
    expect(openHost('http://')).toBeNull();
  });
});

it('a number is whole and within its limits', () => {
  expect(wholeNumberProblem('5432', 1, 65_535)).toBeUndefined();
  for (const text of ['', '0', '65536', '1.5', '-1', '1e3', '٣'])
    expect(wholeNumberProblem(text, 1, 65_535)).toBe('A whole number from 1 to 65,535');
});
