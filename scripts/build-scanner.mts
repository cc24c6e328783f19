/**
 * Compiles the AssemblyScript scanner and embeds the module as base64, so that bundles need no file beside them.
 * `node scripts/build-scanner.mts` writes it; with `--check` it fails when the committed module is stale.
 */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { format } from 'prettier';

const FOLDER = new URL('../src/main/adapters/delimited/scanner/', import.meta.url);
const TARGET = new URL('scanner-wasm.generated.ts', FOLDER);

/** Compiles the source into the text of the generated module. */
async function buildScannerModule(): Promise<string> {
  const { main } = await import('assemblyscript/asc');
  const source = (await readFile(new URL('assembly/index.ts', FOLDER), 'utf8')).replaceAll('\r\n', '\n');
  const sha256 = createHash('sha256').update(source).digest('hex');
  let binary: Uint8Array | null = null;
  const { error } = await main(
    [
      'index.ts',
      '--outFile',
      'scanner.wasm',
      '-O3',
      '--enable',
      'simd',
      '--runtime',
      'stub',
      '--importMemory',
      '--noAssert',
    ],
    {
      readFile: (name: string) => (name === 'index.ts' ? source : null),
      writeFile: (name: string, contents: string | Uint8Array) => {
        if (name === 'scanner.wasm' && typeof contents !== 'string') binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || binary === null)
    throw new Error(`The scanner does not compile: ${error?.message ?? 'no output'}`);
  const base64 = Buffer.from(binary).toString('base64');
  const lines = base64.match(/.{1,96}/g) ?? [];
  const text = `/** Compiled from assembly/index.ts by scripts/build-scanner.mts; do not edit. */
/** Of the source that was compiled, so that a test can tell when this is stale. */
export const SCANNER_SOURCE_SHA256 = '${sha256}';

export const SCANNER_WASM_BASE64 =
${lines.map((line) => `  '${line}'`).join(' +\n')};
`;
  return format(text, { parser: 'typescript', printWidth: 110, singleQuote: true, trailingComma: 'all' });
}

const built = await buildScannerModule();
if (process.argv.includes('--check')) {
  if ((await readFile(TARGET, 'utf8')) !== built) {
    console.error('scanner-wasm.generated.ts is stale: run node scripts/build-scanner.mts');
    process.exitCode = 1;
  }
} else {
  await writeFile(TARGET, built);
  console.log(`scanner: ${Math.round((built.length * 3) / 4 / 1024)} KB`);
}
