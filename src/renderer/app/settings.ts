import { DEFAULT_SETTINGS, type Settings } from '#shared/contract/app';
import { useCall } from '../data/queries.ts';

/** Settings in force; the built-in ones until the engine has answered. */
export function useSettings(): Settings {
  return useCall('app.info', {}).data?.settings ?? DEFAULT_SETTINGS;
}

export function useOrganisation(): string {
  return useSettings().organisation;
}

/** Currency code of every amount, "KES". */
export function useCurrency(): string {
  return useSettings().currency;
}
