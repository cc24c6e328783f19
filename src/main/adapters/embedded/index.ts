export { lockHome } from './home-lock.ts';
export { openEmbeddedStores, type EmbeddedStores } from './open-embedded-stores.ts';
