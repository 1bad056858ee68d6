/** RabbitMQ's reason for a death as people say it: `delivery_limit` → "delivery limit", `maxlen` → "queue was full". */
export function reasonWords(reason: string): string {
  return reason === 'maxlen' ? 'queue was full' : reason.replaceAll('_', ' ');
}
