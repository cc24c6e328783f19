import type { z } from 'zod';

/**
 * One operation of the contract. Names are `area.verb`. A query changes nothing; a command may; a stream sends
 * numbered events until it is closed. Input is always validated by the dispatcher, output in tests and development.
 */
export interface Operation<
  K extends 'query' | 'command' | 'stream' = 'query' | 'command' | 'stream',
  I extends z.ZodType = z.ZodType,
  O extends z.ZodType = z.ZodType,
> {
  readonly kind: K;
  readonly input: I;
  /** The reply of a query or command; the data of one event of a stream. */
  readonly output: O;
  /** Codes that this operation is known to answer with, besides `app.*`. */
  readonly errors: readonly string[];
}

interface Parts<I extends z.ZodType, O extends z.ZodType> {
  readonly input: I;
  readonly output: O;
  readonly errors?: readonly string[];
}

export function defineQuery<I extends z.ZodType, O extends z.ZodType>(
  parts: Parts<I, O>,
): Operation<'query', I, O> {
  return { kind: 'query', errors: [], ...parts };
}

export function defineCommand<I extends z.ZodType, O extends z.ZodType>(
  parts: Parts<I, O>,
): Operation<'command', I, O> {
  return { kind: 'command', errors: [], ...parts };
}

export function defineStream<I extends z.ZodType, O extends z.ZodType>(
  parts: Parts<I, O>,
): Operation<'stream', I, O> {
  return { kind: 'stream', errors: [], ...parts };
}

export type Contract = Readonly<Record<string, Operation>>;
export type NamesOf<C extends Contract, K extends Operation['kind']> = {
  [N in keyof C & string]: C[N]['kind'] extends K ? N : never;
}[keyof C & string];
export type InputOf<C extends Contract, N extends keyof C> = z.input<C[N]['input']>;
export type ParsedInputOf<C extends Contract, N extends keyof C> = z.output<C[N]['input']>;
export type OutputOf<C extends Contract, N extends keyof C> = z.output<C[N]['output']>;
