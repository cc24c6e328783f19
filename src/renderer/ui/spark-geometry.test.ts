import { describe, expect, it } from 'vitest';
import { sparkGeometry } from './spark-geometry.ts';

describe('sparklines', () => {
  it('draw both series on one scale and mark the newest point', () => {
    const shape = sparkGeometry([1, 3], [1, 2], 88, 28);
    expect(shape).toEqual({ line: 'M2 25L86 3', comparison: 'M2 25L86 14', end: { x: 86, y: 3 } });
  });

  it('leave gaps where there is no figure', () => {
    expect(sparkGeometry([1, 2, null, 3, 4], [], 88, 28)?.line.match(/M/g)).toHaveLength(2);
    expect(sparkGeometry([1, 2, null], [], 88, 28)?.end?.x).toBe(44);
    expect(sparkGeometry([1, 3, null, 1, null], [], 88, 28)?.line).toBe('M2 25L23 3M65 25h.01');
  });

  it('draw nothing from one point, and a flat line in the middle', () => {
    expect(sparkGeometry([5], [1, 2], 88, 28)).toBeNull();
    expect(sparkGeometry([5, 5], [], 88, 28)?.line).toBe('M2 14L86 14');
  });
});
