/** Nodes (needs the monitoring tag). The alarm flags lag; `alarms()` of the client answers at once. */
import { z } from 'zod';
import type { Node } from '../model/broker.ts';
import { figure, yes } from './wire.ts';

export const nodeColumns =
  'name,running,mem_used,mem_limit,mem_alarm,disk_free,disk_free_limit,disk_free_alarm,uptime';

const wire = z.object({
  name: z.string(),
  running: yes,
  mem_used: figure,
  mem_limit: figure,
  mem_alarm: yes,
  disk_free: figure,
  disk_free_limit: figure,
  disk_free_alarm: yes,
  uptime: figure,
});

export function readNodes(body: unknown): Node[] {
  return z
    .array(wire)
    .parse(body)
    .map((w) => ({
      name: w.name,
      running: w.running ?? false,
      memoryUsed: w.mem_used,
      memoryLimit: w.mem_limit,
      diskFree: w.disk_free,
      diskFreeLimit: w.disk_free_limit,
      memoryAlarm: w.mem_alarm,
      diskAlarm: w.disk_free_alarm,
      uptimeMs: w.uptime,
    }));
}
