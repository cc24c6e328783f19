export { createLocalObjectStore } from './local-object-store.ts';
export { createStagingArea, type StagingOptions } from './staging-area.ts';
