/** Moved to the shared parts; kept for the dead letters' sheet until it imports from there. */
export { HeadersPane, PropertiesPane } from '../../_parts/message/MessagePanes';
