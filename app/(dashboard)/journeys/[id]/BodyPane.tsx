/** Moved to the shared parts; kept for the dead letters' sheet until it imports from there. */
export { BodyPane } from '../../_parts/message/BodyPane';
