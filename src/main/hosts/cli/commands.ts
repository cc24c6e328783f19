import { COMPARISONS, GRAIN_NAMES } from './query-words.ts';
import { NAMED_ANALYSIS_IDS } from '#shared/domain/named-analyses';
import { OVERLAP_POLICIES } from '#shared/domain/job';
import { DIMENSIONS } from '#shared/domain/sales-schema';
import { CONNECTION_FIELDS, optionOf } from '#shared/domain/connection-fields';
import { CONNECTION_KINDS, figuresEngineSchema } from '#shared/domain/connections';
import type { CommandSpec, OptionSpec } from './arguments.ts';

const json: OptionSpec = { kind: 'flag', help: 'print one JSON document on stdout' };

/** Names of secrets; `password` is the one of the connection that is set. */
export const SECRET_OPTIONS = ['secret-access-key', 'session-token', 'password'] as const;

const common: Readonly<Record<string, OptionSpec>> = {
  home: {
    kind: 'text',
    value: 'DIR',
    help: "the data folder (default: the system's application data folder)",
  },
  json,
};

const reading: Readonly<Record<string, OptionSpec>> = {
  mapping: { kind: 'text', value: 'FILE.json', help: 'which column feeds which field' },
  sheet: { kind: 'text', value: 'NAME', help: 'the sheet of a workbook' },
  'control-rows': { kind: 'whole', value: 'N', help: 'how many rows must be accepted' },
  'control-revenue': { kind: 'amount', value: 'KES', help: 'what gross revenue must add up to' },
  'max-rejects': { kind: 'number', value: 'PERCENT', help: 'share of rejected rows that is acceptable' },
};

const onDuplicate: OptionSpec = {
  kind: 'text',
  value: 'skip|replace|keep',
  choices: OVERLAP_POLICIES,
  help: 'what to do about branches and days that other imports cover (default: ask)',
};

const KINDS = CONNECTION_KINDS.join('|');
const TARGETS = [...CONNECTION_KINDS, 'keychain'].join('|');

/** Every setting of every connection; which of them go with a kind is told when they are used. */
const connectionSettings: Readonly<Record<string, OptionSpec>> = Object.fromEntries(
  CONNECTION_KINDS.flatMap((kind) =>
    CONNECTION_FIELDS[kind].map(({ key, choices, meaning, usual }): [string, OptionSpec] => [
      optionOf(key),
      {
        kind: 'text',
        value: choices?.join('|') ?? 'TEXT',
        ...(choices ? { choices } : {}),
        help: `${kind}: ${meaning} (${usual === null ? 'required' : `usually ${usual}`})`,
      },
    ]),
  ),
);

const LIMITLESS = Number.POSITIVE_INFINITY;

/** Every command, in the order of the help. Words of two parts (`jobs list`) are commands of their own. */
export const COMMANDS = {
  import: {
    summary: 'check files and take their rows into the figures',
    positionals: ['FILE…'],
    count: [1, LIMITLESS],
    options: {
      ...common,
      ...reading,
      'on-duplicate': onDuplicate,
      'no-wait': { kind: 'flag', help: 'only copy the files; they are imported when Mauzo runs next' },
    },
  },
  validate: {
    summary: 'the same check, without taking anything',
    positionals: ['FILE…'],
    count: [1, LIMITLESS],
    options: {
      ...common,
      ...reading,
      rules: {
        kind: 'text',
        value: 'FILE.json',
        help: 'also check by the rules of this file (rules export)',
      },
    },
  },
  read: {
    summary: 'write each file as Mauzo understands it, as CSV',
    positionals: ['FILE…'],
    count: [1, LIMITLESS],
    options: {
      json,
      'out-dir': { kind: 'text', value: 'DIR', help: 'where the CSV files are written (required)' },
      findings: {
        kind: 'text',
        value: 'FILE.jsonl',
        help: 'where to write what was noticed, one JSON a line',
      },
    },
  },
  query: {
    summary: 'ask for figures',
    positionals: [],
    count: [0, 0],
    options: {
      ...common,
      'json-query': {
        kind: 'text',
        value: 'JSON',
        help: 'metrics, dimensions, period, filters, grain, compare …',
      },
      named: { kind: 'text', value: 'NAME', help: `one of ${NAMED_ANALYSIS_IDS.join(', ')}` },
      from: { kind: 'text', value: 'yyyy-mm-dd', help: 'first day of the period (with --named)' },
      to: { kind: 'text', value: 'yyyy-mm-dd', help: 'last day of the period (with --named)' },
      by: { kind: 'text', value: 'DIMENSION', choices: DIMENSIONS, help: 'what to group by (with --named)' },
      grain: {
        kind: 'text',
        value: 'month',
        choices: GRAIN_NAMES,
        help: 'one row per day, week … (with --named)',
      },
      compare: {
        kind: 'text',
        value: 'COMPARISON',
        choices: COMPARISONS,
        many: true,
        help: 'may be given twice',
      },
      filter: { kind: 'text', value: 'Branch=Kisumu', many: true, help: 'only these rows (with --named)' },
      limit: { kind: 'whole', value: 'N', help: 'at most so many rows (with --named)' },
    },
  },
  'jobs list': {
    summary: 'the imports and how they stand',
    positionals: [],
    count: [0, 0],
    options: {
      ...common,
      everywhere: { kind: 'flag', help: 'also those of everybody who shares the PostgreSQL database' },
    },
  },
  'jobs show': { summary: 'everything about one', positionals: ['ID'], count: [1, 1], options: common },
  'jobs retry': { summary: 'run the failed step again', positionals: ['ID'], count: [1, 1], options: common },
  'jobs cancel': { summary: 'stop one', positionals: ['ID'], count: [1, 1], options: common },
  'jobs read-as': {
    summary: 'say that a name in a file stands for another; remembered, and the file is checked again',
    positionals: ['ID', DIMENSIONS.join('|'), 'FOUND', 'MEANT'],
    count: [4, 4],
    options: common,
  },
  'jobs accept': {
    summary: 'take the good rows of one that waits for a decision',
    positionals: ['ID'],
    count: [1, 1],
    options: {
      ...common,
      'on-duplicate': onDuplicate,
      supersede: { kind: 'text', value: 'IMPORT', many: true, help: 'takes this import out as a whole' },
    },
  },
  undo: {
    summary: 'take an import out of the figures again',
    positionals: ['ID'],
    count: [1, 1],
    options: { ...common, preview: { kind: 'flag', help: 'only show what would change' } },
  },
  rejects: {
    summary: 'write the rejected rows of an import',
    positionals: ['ID'],
    count: [1, 1],
    options: {
      ...common,
      out: { kind: 'text', value: 'FILE.xlsx|FILE.csv', help: 'the file to write (required)' },
    },
  },
  'metrics list': {
    summary: 'the figures that can be asked for',
    positionals: [],
    count: [0, 0],
    options: { json },
  },
  'rules list': {
    summary: 'the rules that rows are checked by',
    positionals: [],
    count: [0, 0],
    options: common,
  },
  'rules export': {
    summary: 'write the rules as a file that can be shared',
    positionals: [],
    count: [0, 0],
    options: { ...common, out: { kind: 'text', value: 'FILE.json', help: 'the file to write (required)' } },
  },
  'rules import': {
    summary: 'replace the rules by those of a file',
    positionals: ['FILE.json'],
    count: [1, 1],
    options: common,
  },
  'connections move': {
    summary: 'copy what counts on this computer into the PostgreSQL that is set; may be repeated',
    positionals: [],
    count: [0, 0],
    options: common,
  },
  publish: {
    summary: 'bring an engine up to what counts; a month that is named is built anew',
    positionals: [],
    count: [0, 0],
    options: {
      ...common,
      engine: {
        kind: 'text',
        value: figuresEngineSchema.options.join('|'),
        choices: figuresEngineSchema.options,
        help: 'which engine (default: the one that answers figures)',
      },
      chunk: { kind: 'text', value: 'yyyy-mm', help: 'build this month anew, from its accepted rows' },
    },
  },
  doctor: {
    summary: 'check the installation, the data folder and every ledger',
    positionals: [],
    count: [0, 0],
    options: common,
  },
  'connections show': {
    summary: 'what Mauzo is connected to, without any secret',
    positionals: [],
    count: [0, 0],
    options: common,
  },
  'connections test': {
    summary: 'a real round trip with each connection, or with one',
    positionals: [`[${TARGETS}]`],
    count: [0, 1],
    options: common,
  },
  'connections set': {
    summary: 'set a connection, or change what is given of it',
    positionals: [KINDS],
    count: [1, 1],
    options: {
      ...common,
      ...connectionSettings,
      clear: { kind: 'text', value: 'NAME', many: true, help: 'take a setting or a stored secret away' },
      'secret-stdin': {
        kind: 'text',
        value: SECRET_OPTIONS.join('|'),
        choices: SECRET_OPTIONS,
        many: true,
        help: 'read this secret from stdin, one a line; on a terminal it is asked for',
      },
    },
  },
  'connections remove': {
    summary: 'forget a connection and its stored secrets; data stays where it is',
    positionals: [KINDS],
    count: [1, 1],
    options: common,
  },
  'connections keep-figures-from': {
    summary: 'which engine answers figures',
    positionals: [figuresEngineSchema.options.join('|')],
    count: [1, 1],
    options: common,
  },
  serve: {
    summary: 'open Mauzo in the browser of this machine',
    positionals: [],
    count: [0, 0],
    options: {
      ...common,
      port: { kind: 'whole', value: 'N', help: 'the port (default: a free one)' },
      open: { kind: 'flag', help: 'also open the browser' },
    },
  },
} as const satisfies Readonly<Record<string, CommandSpec>>;

export type CommandName = keyof typeof COMMANDS;

/** Commands of the plan that this version does not have, with what stands in for them. */
export const LATER: Readonly<Record<string, string>> = {
  targets: 'Targets come with a later version.',
  'metrics define': 'Own metrics come with a later version.',
  'metrics remove': 'Own metrics come with a later version.',
};
