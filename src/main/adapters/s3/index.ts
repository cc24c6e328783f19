export { createS3ObjectStore } from './s3-object-store.ts';
export { createS3Probe } from './s3-probe.ts';
export { createS3ProbeObjects } from './probe-objects.ts';
