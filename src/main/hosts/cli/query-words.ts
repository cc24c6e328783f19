import { GRAINS, comparisonSchema } from '#shared/domain/query';

export const GRAIN_NAMES: readonly string[] = GRAINS;
export const COMPARISONS: readonly string[] = comparisonSchema.options;

/** Analyses of the plan that this version cannot answer yet. */
export const ANALYSES_TO_COME: readonly string[] = ['target-attainment', 'quota-attainment'];
