export { createDruidClient } from './druid-client.ts';
export { createDruidCluster } from './druid-cluster.ts';
export { createDruidProbe } from './druid-probe.ts';
export { createDruidAnalyticsEngine } from './query/analytics-engine.ts';
