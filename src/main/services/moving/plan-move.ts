import { AppError } from '#shared/errors/app-error';
import type { ActivationEntry } from '../imports/index.ts';
import type { RegistryAddition, RegistryContent } from './ports.ts';

const keyOf = ({ dataset, sequence }: ActivationEntry) => `${dataset} ${sequence}`;
const factsOf = ({ importId, policy, supersedes, activatedAt }: ActivationEntry) =>
  JSON.stringify([importId, policy, supersedes, activatedAt]);

/**
 * What a target lacks of a source; null when it has everything already. A target may be empty, or hold an earlier state
 * of this very source; it may also have gone on by itself since, as long as the source has not.
 */
export function planMove(source: RegistryContent, target: RegistryContent): RegistryAddition | null {
  const empty = target.imports.length === 0 && target.log.length === 0;
  if (!empty && target.movedFrom !== source.storeId)
    throw new AppError('moving.target_not_empty', 'conflict', { imports: target.imports.length });

  const [ours, theirs] = [byKey(source.log), byKey(target.log)];
  const entries = source.log.filter((entry) => !theirs.has(keyOf(entry)));
  const theirsAlone = target.log.filter((entry) => !ours.has(keyOf(entry)));
  const undone: ActivationEntry[] = [];
  const undoneThere: ActivationEntry[] = [];
  for (const entry of source.log) {
    const other = theirs.get(keyOf(entry));
    if (!other) continue;
    if (factsOf(entry) !== factsOf(other)) throw diverged(entry);
    if (entry.undoneAt !== null && other.undoneAt === null) undone.push(entry);
    if (entry.undoneAt === null && other.undoneAt !== null) undoneThere.push(other);
  }
  const [here] = [...entries, ...undone];
  const wentOn = theirsAlone.length + undoneThere.length > 0;
  if (here && wentOn) throw diverged(here);

  const known = new Set(target.imports.map(({ importId }) => importId));
  const generations = new Map(
    target.generations.map(({ dataset, chunk, generation }) => [`${dataset} ${chunk}`, generation]),
  );
  const remembered = new Map(
    target.mappings.map(({ fingerprint, rememberedAt }) => [fingerprint, rememberedAt]),
  );
  const set = new Set(target.settings.map(({ name }) => name));
  const addition: RegistryAddition = {
    movedFrom: source.storeId,
    expectedEntries: target.log.length,
    imports: source.imports.filter(({ importId }) => !known.has(importId)),
    log: entries,
    undone,
    generations: source.generations.filter(
      ({ dataset, chunk, generation }) => generation > (generations.get(`${dataset} ${chunk}`) ?? 0),
    ),
    mappings: source.mappings.filter(
      ({ fingerprint, rememberedAt }) => rememberedAt > (remembered.get(fingerprint) ?? ''),
    ),
    settings: source.settings.filter(({ name }) => !set.has(name)),
  };
  const nothing = [
    addition.imports,
    addition.log,
    addition.undone,
    addition.generations,
    addition.mappings,
    addition.settings,
  ].every((list) => list.length === 0);
  return nothing ? null : addition;
}

const byKey = (log: readonly ActivationEntry[]) => new Map(log.map((entry) => [keyOf(entry), entry]));

const diverged = ({ sequence }: ActivationEntry) => new AppError('moving.diverged', 'conflict', { sequence });
