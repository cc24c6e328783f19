export { createDruidClient } from './druid-client.ts';
export { createDruidCluster } from './druid-cluster.ts';
export { createDruidAnalyticsEngine } from './query/analytics-engine.ts';
