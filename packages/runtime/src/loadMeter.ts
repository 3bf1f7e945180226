import { performance } from 'node:perf_hooks';

/** Answers how busy this process was since the meter was asked last: the share of time that its event loop worked, from 0 to 1. */
export function createLoadMeter(): () => number {
  let last = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    return utilization;
  };
}
