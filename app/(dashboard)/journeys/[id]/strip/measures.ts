import type { Hop, JourneyRow } from '@/lib/model/journey';

/** Width of the column of names, height of the axis and of the tap's lane, px. */
export const LABELS = 150;
export const AXIS = 48;
export const TAP = 28;

export interface Lane {
  row: JourneyRow;
  y: number;
  height: number;
  mid: number;
}

export interface Node {
  hop: Hop;
  x: number;
  y: number;
  /** Where edges leave: a publish's exchange sign stands to its right. */
  out: number;
}
