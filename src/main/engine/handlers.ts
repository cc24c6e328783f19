import type { MauzoContract } from '#shared/contract/index';
import type { CallContext, Handlers } from '#shared/rpc/dispatcher';
import type { AnalyticsService } from '../services/analytics/index.ts';
import type { ConnectionsService } from '../services/connections/index.ts';
import { runDoctor, type Examination } from '../services/diagnostics/index.ts';
import type { HistoryService, ImportsService, ReportService } from '../services/imports/index.ts';
import type { MovingService } from '../services/moving/index.ts';
import type { PublishingService } from '../services/publishing/index.ts';
import type { RuleBook } from '../services/rules/index.ts';
import { updateSettings, type SettingsKeeper } from '../services/settings/index.ts';

/** What answers the contract. */
export interface EngineServices {
  readonly info: {
    readonly version: string;
    readonly host: 'electron' | 'browser' | 'in-process';
    readonly home: string;
  };
  readonly settings: SettingsKeeper;
  readonly examinations: readonly Examination[];
  readonly imports: ImportsService;
  readonly reports: ReportService;
  readonly rules: RuleBook;
  readonly history: HistoryService;
  readonly analytics: AnalyticsService;
  readonly connections: ConnectionsService;
  readonly moving: MovingService;
  readonly publishing: PublishingService;
}

export function createHandlers(services: EngineServices): Handlers<MauzoContract> {
  const { info, settings, imports, reports, history, analytics, connections, moving, publishing, rules } =
    services;
  return {
    'app.info': async () => ({ ...info, node: process.version, settings: await settings.read() }),
    'app.update-settings': (patch) => updateSettings(settings, definedOnly(patch)),
    'app.doctor': () => runDoctor(services.examinations),

    'imports.start': (input) => imports.start(input),
    'imports.start-sample': () => imports.startSample(),
    'jobs.list': () => imports.list(),
    'jobs.everywhere': ({ limit }) => imports.everywhere(limit),
    'jobs.get': ({ jobId }) => imports.get(jobId),
    'jobs.watch': (_, emit) => imports.watch(emit),
    'jobs.inspection': (input) => imports.inspection(input),
    'jobs.map': (input) => imports.map(input),
    'jobs.read-as': (input) => imports.readAs(input),
    'jobs.accept': (input) => imports.accept(input),
    'jobs.cancel': ({ jobId }) => imports.cancel(jobId),
    'jobs.retry': ({ jobId }) => imports.retry(jobId),
    'jobs.dismiss': ({ jobId }) => imports.dismiss(jobId),
    'jobs.findings': (input) => reports.findings(input),
    'jobs.rejects': (input) => reports.rejects(input),
    'jobs.export-rejects': (input) => reports.exportRejects(input),

    'history.list': () => history.list(),
    'history.preview-undo': ({ importId }) => history.previewUndo(importId),
    'history.undo': ({ importId }) => history.undo(importId),
    'history.reactivate': ({ importId, onOverlap }) => history.reactivate(importId, onOverlap),

    'rules.get': () => rules.get(),
    'rules.check': ({ ruleSet }) => ({ problems: rules.problems(ruleSet) }),
    'rules.save': ({ ruleSet, revision }) => rules.save(ruleSet, revision),

    'connections.move': (_, context) => moving.move(abortSignal(context)),

    'publishing.publish': (input, context) => publishing.publish(input, abortSignal(context)),

    'analytics.query': (query, context) => analytics.query(query, abortSignal(context)),
    'analytics.values': (request, context) => analytics.values(request, abortSignal(context)),
    'analytics.status': () => analytics.status(),
    'analytics.watch': (_, emit) => analytics.watch(emit),

    'connections.get': () => connections.get(),
    'connections.save': (input) => connections.save(input),
    'connections.test': (input, context) => connections.test(input, abortSignal(context)),
    'connections.watch': (_, emit) => connections.watch(emit),
  };
}

function abortSignal({ signal }: CallContext): AbortSignal {
  const controller = new AbortController();
  if (signal.aborted) controller.abort();
  else signal.addEventListener('abort', () => controller.abort());
  return controller.signal;
}

/** A key that is present without a value would overwrite a setting with nothing. */
function definedOnly<T extends object>(patch: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
