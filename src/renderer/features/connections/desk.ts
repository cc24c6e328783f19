import { useSyncExternalStore } from 'react';
import type { Input, Output } from '#shared/contract/index';
import type { ProbeReport } from '#shared/contract/connections';
import type { ConnectionKind, FiguresEngine, SecretName } from '#shared/domain/connections';
import { toAppError, type AppError } from '#shared/errors/app-error';
import type { CancelSignal } from '#shared/rpc/envelope';
import { useEngine } from '../../data/engine-context.ts';
import type { Engine } from '../../rpc-client.ts';
import type { SecretEdit, SecretEdits } from './model/secrets.ts';
import type { Drafts } from './model/drafts.ts';
import type { Target } from './model/services.ts';

/** One test of one service. `stale` when the form was changed since it began. */
export type Test = { readonly startedAt: string; readonly stale: boolean } & (
  | { readonly state: 'running'; cancel(): void }
  | { readonly state: 'done'; readonly report: ProbeReport; readonly elapsedMs: number }
  | { readonly state: 'refused'; readonly error: AppError }
);

export interface DeskState {
  /** Forms that were changed and not saved; the others show what is stored. */
  readonly drafts: Readonly<Partial<Drafts>>;
  readonly secrets: SecretEdits;
  readonly figuresFrom: FiguresEngine | null;
  readonly tests: Readonly<Partial<Record<Target, Test>>>;
}

/** Unsaved work of the page. It outlives the page, so that looking at another one loses nothing; never the window. */
export interface Desk {
  state(): DeskState;
  subscribe(listener: () => void): () => void;
  edit<K extends ConnectionKind>(kind: K, draft: Drafts[K]): void;
  editSecret(kind: ConnectionKind, name: SecretName, edit: SecretEdit | null): void;
  chooseFigures(engine: FiguresEngine): void;
  /** Takes the form back to what is stored: after a save, or when the changes are discarded (`stale`). */
  clear(kind: ConnectionKind | 'figures', secrets: readonly SecretName[], stale: boolean): void;
  test(input: Input<'connections.test'>): void;
}

export interface DeskOptions {
  run(input: Input<'connections.test'>, signal: CancelSignal): Promise<Output<'connections.test'>>;
  /** Milliseconds since 1970. */
  now(): number;
}

const EMPTY: DeskState = { drafts: {}, secrets: {}, figuresFrom: null, tests: {} };

export function createDesk({ run, now }: DeskOptions): Desk {
  const listeners = new Set<() => void>();
  let state = EMPTY;
  const set = (next: Partial<DeskState>) => {
    state = { ...state, ...next };
    for (const listener of listeners) listener();
  };
  const outdated = (kind: Target) => {
    const test = state.tests[kind];
    return test ? { ...state.tests, [kind]: { ...test, stale: true } } : state.tests;
  };
  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    edit: (kind, draft) => set({ drafts: { ...state.drafts, [kind]: draft }, tests: outdated(kind) }),
    editSecret: (kind, name, edit) =>
      set({ secrets: withSecret(state.secrets, name, edit), tests: outdated(kind) }),
    chooseFigures: (figuresFrom) => set({ figuresFrom }),
    clear(kind, secrets, stale) {
      if (kind === 'figures') return set({ figuresFrom: null });
      const { [kind]: _, ...drafts } = state.drafts;
      set({
        drafts,
        secrets: secrets.reduce<SecretEdits>((edits, name) => withSecret(edits, name, null), state.secrets),
        ...(stale ? { tests: outdated(kind) } : {}),
      });
    },
    test(input) {
      const { target } = input;
      const begun = now();
      const startedAt = new Date(begun).toISOString();
      const before = state.tests[target];
      if (before?.state === 'running') return;
      const controller = new AbortController();
      const put = (test: Test | null) => {
        const { [target]: _, ...others } = state.tests;
        set({ tests: test ? { ...others, [target]: test } : others });
      };
      const isStale = () => state.tests[target]?.stale ?? false;
      // What is stored is tested, while the form says something else.
      const differs = input.connections === undefined && target in state.drafts;
      put({ state: 'running', startedAt, stale: differs, cancel: () => controller.abort() });
      run(input, controller.signal).then(
        (report) => put({ state: 'done', startedAt, stale: isStale(), report, elapsedMs: now() - begun }),
        (thrown: unknown) => {
          const error = toAppError(thrown);
          if (error.code !== 'app.cancelled')
            return put({ state: 'refused', startedAt, stale: isStale(), error });
          return put(before ? { ...before, stale: before.stale || isStale() } : null);
        },
      );
    },
  };
}

function withSecret(edits: SecretEdits, name: SecretName, edit: SecretEdit | null): SecretEdits {
  const { [name]: _, ...others } = edits;
  return edit ? { ...others, [name]: edit } : others;
}

const desks = new WeakMap<Engine, Desk>();

function deskOf(engine: Engine): Desk {
  const known = desks.get(engine);
  if (known) return known;
  const desk = createDesk({
    run: (input, signal) => engine.call('connections.test', input, { signal }),
    now: () => Date.now(),
  });
  desks.set(engine, desk);
  // What was typed is lost with the window: the browser then asks before it closes. A desktop window would just stay.
  if (!window.mauzo)
    addEventListener('beforeunload', (event) => {
      if (hasUnsaved(desk.state())) event.preventDefault();
    });
  return desk;
}

const hasUnsaved = ({ drafts, secrets, figuresFrom }: DeskState): boolean =>
  Object.keys(drafts).length > 0 || Object.keys(secrets).length > 0 || figuresFrom !== null;

export function useDesk(): readonly [DeskState, Desk] {
  const desk = deskOf(useEngine());
  return [useSyncExternalStore(desk.subscribe, desk.state), desk];
}
