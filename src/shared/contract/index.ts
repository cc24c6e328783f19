import type { InputOf, NamesOf, OutputOf, ParsedInputOf } from '../rpc/define.ts';
import { analyticsContract } from './analytics.ts';
import { appContract } from './app.ts';
import { connectionsContract } from './connections.ts';
import { importsContract } from './imports.ts';
import { movingContract } from './moving.ts';
import { publishingContract } from './publishing.ts';
import { rulesContract } from './rules.ts';

/** Everything a client can ask of the engine, over any host. */
export const contract = {
  ...appContract,
  ...importsContract,
  ...analyticsContract,
  ...connectionsContract,
  ...movingContract,
  ...publishingContract,
  ...rulesContract,
} as const;

export type MauzoContract = typeof contract;
export type CallName = NamesOf<MauzoContract, 'query' | 'command'>;
export type StreamName = NamesOf<MauzoContract, 'stream'>;
export type Input<N extends keyof MauzoContract> = InputOf<MauzoContract, N>;
export type ParsedInput<N extends keyof MauzoContract> = ParsedInputOf<MauzoContract, N>;
export type Output<N extends keyof MauzoContract> = OutputOf<MauzoContract, N>;
