import type { ErrorKind } from './app-error.ts';
import { errorCatalogue } from './index.ts';

const KINDS: Readonly<Record<ErrorKind, string>> = {
  input: 'what was given',
  notFound: 'not there',
  conflict: 'conflict',
  unavailable: 'not available',
  permission: 'not permitted',
  limit: 'limit',
  cancelled: 'cancelled',
  timeout: 'took too long',
  bug: 'fault of Mauzo',
};

/** Braces stand for a value that the message shows: `{fileName}` becomes `‹file name›`. */
const readable = (template: string): string =>
  template.replace(
    /\{(\w+)\}/g,
    (_, name: string) => `‹${name.replace(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`)}›`,
  );

/** docs/errors.md, made from the catalogue so that it cannot say anything else than what the app says. */
export function errorsDocument(): string {
  const codes = Object.keys(errorCatalogue).sort();
  const areas = [...new Set(codes.map((code) => code.split('.')[0] ?? ''))];
  const sections = areas.map((area) => {
    const entries = codes
      .filter((code) => code.startsWith(`${area}.`))
      .flatMap((code) => {
        const entry = errorCatalogue[code];
        if (!entry) return [];
        const { kind, title, cause, remedy, kept } = entry;
        return [
          [
            `### ${code}`,
            '',
            `**${readable(title)}** (${KINDS[kind]})`,
            '',
            `- Cause: ${readable(cause)}`,
            `- Remedy: ${readable(remedy)}`,
            ...(kept === undefined ? [] : [`- Kept: ${readable(kept)}`]),
          ].join('\n'),
        ];
      });
    return `## ${area}\n\n${entries.join('\n\n')}`;
  });
  return `# Errors

Made from \`src/shared/errors\` by \`node scripts/errors-doc.mts\`; do not edit.

Each error on the screen, in the log and on the command line ends in its code. What stands between ‹ › is filled in
when it happens. "Kept" says what was not lost. The areas: ${areas.map((area) => `[${area}](#${area})`).join(', ')}.

${sections.join('\n\n')}
`;
}
