import type { MoveReport } from '#shared/contract/moving';
import { EXIT, plain } from './output.ts';
import { withEngine, type Context } from './session.ts';

function reportText(report: MoveReport): string {
  const copied = report.importsCopied + report.entriesCopied + report.undoneCopied;
  const lines = [
    copied === 0
      ? `Nothing to copy: all ${report.imports} imports are in the database already.`
      : `Copied ${report.importsCopied} imports with ${report.entriesCopied} entries of the activation log and ${report.undoneCopied} undone marks; the database holds ${report.imports} imports now.`,
    `Mappings copied: ${report.mappingsCopied}. Settings copied: ${report.settingsCopied}.`,
    `Objects copied: ${report.objectsCopied}; there already: ${report.objectsKept}.`,
    ...report.objectsMissing.map((key) => `Not on this computer: ${plain(key)}`),
    'Read back and compared: counts and sums agree. What is on this computer stays as it was.',
  ];
  return `${lines.join('\n')}\n`;
}

/** `connections move`: from this computer into PostgreSQL, and the object store when one is set. */
export function connectionsMoveCommand(context: Context): Promise<number> {
  return withEngine(context, async ({ client }) => {
    const report = await client.call('connections.move', {});
    context.output.out(context.json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report));
    return report.objectsMissing.length > 0 ? EXIT.doneWithFindings : EXIT.done;
  });
}
