/** What is written down of a private node: enough to find, use and stop it. */
import type { Server } from './rabbitmq.ts';

export type Ports = { amqp: number; management: number; prometheus: number; dist: number; epmd: number };

/** A process, told from a later one with the same number by when it started. */
export type Proc = { pid: number; started: string };

export type NodeRecord = {
  name: string;
  server: Server;
  data: string;
  ports: Ports;
  config: string[];
  plugins: string[];
  /** The cluster it belongs to: names of all its nodes, and the Erlang cookie that they share. One epmd serves all. */
  cluster?: { name: string; members: string[]; cookie: string };
  /** The process with whose end the node is stopped. */
  owner?: Proc;
  broker: Proc;
  epmd?: Proc;
};

/** Before its processes run. */
export type PlannedNode = Omit<NodeRecord, 'broker' | 'epmd'>;
