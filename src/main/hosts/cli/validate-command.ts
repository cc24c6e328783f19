import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_SETTINGS } from '#shared/contract/app';
import type { Mapping } from '#shared/domain/mapping';
import { assertMapping, suggestMapping } from '#shared/domain/mapping-suggestion';
import { NO_RULES, type ResolvedRules, type RuleSet } from '#shared/domain/rules/rule-set';
import type { InspectedTable } from '#shared/domain/tables';
import { toAppError, type AppErrorJson } from '#shared/errors/app-error';
import type { FileParser, ValidationReport } from '../../services/imports/ports.ts';
import { readMappingFile, type MappingFile } from './mapping-file.ts';
import {
  errorDocument,
  errorText,
  EXIT,
  amountText,
  groupDigits,
  plain,
  table as textTable,
} from './output.ts';
import { readRulesFile } from './rules-file.ts';
import { importOptionsOf, inspectTable, requireFile } from './prepare-files.ts';
import type { Context } from './session.ts';

interface Outcome {
  readonly file: string;
  readonly sheet: string;
  readonly mapping: Mapping | null;
  readonly report: ValidationReport | null;
  readonly controls: readonly { check: string; expected: string; actual: string; agrees: boolean }[];
  readonly error: AppErrorJson | null;
}

const FAILED = { sheet: '', mapping: null, report: null, controls: [] };

/** Calendar day in the business time zone. */
const today = () =>
  new Intl.DateTimeFormat('en-CA', { timeZone: DEFAULT_SETTINGS.timeZone }).format(new Date());

function mappingFor(table: InspectedTable, file: MappingFile | null): Mapping {
  const mapping =
    file === null
      ? suggestMapping(table, null).mapping
      : file.kind === 'full'
        ? file.mapping
        : file.resolve(table);
  assertMapping(mapping, table);
  return mapping;
}

/** Whole cents and ten-thousandths are compared as written out to four places: 12.5 is 12.5000. */
const fourPlaces = (decimal: string) => {
  const [whole = '', fraction = ''] = decimal.split('.');
  return `${whole}.${fraction.padEnd(4, '0')}`;
};

function controlsOf(context: Context, report: ValidationReport): Outcome['controls'] {
  const { controlRows, controlRevenue } = importOptionsOf(context.args);
  const lines: { check: string; expected: string; actual: string; agrees: boolean }[] = [];
  if (controlRows !== undefined) {
    const [expected, actual] = [String(controlRows), String(report.rowsAccepted)];
    lines.push({ check: 'Rows accepted', expected, actual, agrees: expected === actual });
  }
  if (controlRevenue !== undefined) {
    const [expected, actual] = [fourPlaces(controlRevenue), fourPlaces(report.totals.grossRevenue ?? '0')];
    lines.push({ check: 'Gross revenue accepted', expected, actual, agrees: expected === actual });
  }
  return lines;
}

async function validateOne(
  context: Context,
  parser: FileParser,
  path: string,
  mappingFile: MappingFile | null,
  rules: ResolvedRules,
): Promise<Outcome> {
  const outDir = await mkdtemp(join(tmpdir(), 'mauzo-validate-'));
  try {
    const file = requireFile(path);
    const sheet = context.args.text('sheet');
    const { inspection, table, index } = await inspectTable(parser, file, sheet, context.signal);
    const mapping = mappingFor(table, mappingFile);
    const report = await parser.validate(
      { file, table: index, inspection, mapping, rules, importId: 'validate', outDir, today: today() },
      { signal: context.signal },
    );
    return {
      file: path,
      sheet: table.sheet,
      mapping,
      report,
      controls: controlsOf(context, report),
      error: null,
    };
  } catch (error) {
    if (context.signal.aborted) throw error;
    return { file: path, ...FAILED, error: toAppError(error).toJSON() };
  } finally {
    await rm(outDir, { recursive: true, force: true });
  }
}

function documentOf({ file, sheet, mapping, report, controls, error }: Outcome) {
  return {
    fileName: file,
    sheet,
    mapping,
    error: error && errorDocument(error),
    rowsRead: report?.rowsRead ?? null,
    rowsAccepted: report?.rowsAccepted ?? null,
    rowsRejected: report?.rowsRejected ?? null,
    rowsSkipped: report?.rowsSkipped ?? null,
    findings: report?.findings ?? [],
    totals: report?.totals ?? null,
    chunks: report?.chunks.map((chunk) => chunk.chunk) ?? [],
    controls,
  };
}

function textOf({ file, report, controls, error }: Outcome): string {
  if (report === null) return `${plain(file)}\n${error ? errorText(error) : ''}`;
  const count = (value: number) => groupDigits(String(value));
  const lines = [
    plain(file),
    `  Rows: ${count(report.rowsRead)} read = ${count(report.rowsAccepted)} good + ${count(report.rowsRejected)} rejected + ${count(report.rowsSkipped)} skipped`,
    ...(report.totals.grossRevenue === null
      ? []
      : [`  Gross revenue: ${amountText(report.totals.grossRevenue)}`]),
    ...controls.map(
      (line) =>
        `  ${line.check}: ${line.agrees ? 'agrees' : `${line.expected} expected, ${line.actual} found`}`,
    ),
  ];
  if (report.findings.length === 0) return `${lines.join('\n')}\n`;
  const rows = report.findings.map((finding) => [
    finding.severity,
    finding.title,
    finding.column ?? '',
    count(finding.count),
    finding.sample.map((sample) => `${sample.row}${sample.value === null ? '' : ` “${sample.value}”`}`)[0] ??
      '',
  ]);
  const findings = textTable(['Severity', 'Finding', 'Column', 'Count', 'First in row'], rows, [
    'left',
    'left',
    'left',
    'right',
    'left',
  ]);
  return `${lines.join('\n')}\n${findings.replace(/^(?=.)/gm, '  ')}`;
}

const hasTrouble = ({ report, controls }: Outcome, maxRejects: number | undefined) =>
  report !== null &&
  (controls.some((line) => !line.agrees) ||
    report.rowsRejected > ((maxRejects ?? 0) / 100) * (report.rowsAccepted + report.rowsRejected) ||
    report.findings.some((finding) => finding.severity === 'error' && finding.count > 0));

/** Rules that compare with earlier imports have nothing to compare with here. */
const rulesWithoutFacts = ({ rules }: RuleSet): ResolvedRules => ({
  revision: 0,
  rules: rules.flatMap((rule) => (rule.enabled ? [{ rule, facts: null }] : [])),
});

/** `validate FILE…`: needs no data folder and leaves nothing behind; overlaps are therefore not looked for. */
export async function validateCommand(context: Context): Promise<number> {
  const mappingPath = context.args.text('mapping');
  const mappingFile = mappingPath === undefined ? null : readMappingFile(mappingPath);
  const rulesPath = context.args.text('rules');
  const rules = rulesPath === undefined ? NO_RULES : rulesWithoutFacts(readRulesFile(rulesPath));
  const parser = context.installation.openParser();
  const outcomes: Outcome[] = [];
  for (const path of context.args.positionals) {
    const outcome = await validateOne(context, parser, path, mappingFile, rules);
    outcomes.push(outcome);
    if (!context.json) context.output.out(`${textOf(outcome)}\n`);
  }
  if (context.json) context.output.out(`${JSON.stringify({ files: outcomes.map(documentOf) }, null, 2)}\n`);
  if (outcomes.some((outcome) => outcome.report === null)) return EXIT.failed;
  const maxRejects = context.args.number('max-rejects');
  return outcomes.some((outcome) => hasTrouble(outcome, maxRejects)) ? EXIT.doneWithFindings : EXIT.done;
}
