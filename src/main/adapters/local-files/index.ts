export { createLocalObjectStore } from './local-object-store.ts';
export { createStagingArea } from './staging-area.ts';
