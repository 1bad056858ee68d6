/** What RabbitMQ means by the reply codes with which it closes channels and connections (AMQP 0-9-1 specification, 1.1). */
import type { ProblemCode } from '../model/errors.ts';

export interface Meaning {
  words: string;
  next: string;
  problem: ProblemCode;
}

export const replyCodes = new Map<number, Meaning>([
  [
    311,
    {
      words: 'The content was too large for the broker',
      next: 'Send a smaller body.',
      problem: 'too_large',
    },
  ],
  [
    320,
    {
      words: 'The broker closed the connection on purpose',
      next: 'Somebody closed it by hand, or the node is being stopped; it connects again by itself.',
      problem: 'broker_unreachable',
    },
  ],
  [
    402,
    {
      words: 'The vhost does not exist',
      next: 'Correct the vhost, or create it.',
      problem: 'not_found',
    },
  ],
  [
    403,
    {
      words: 'The broker refused access',
      next: 'An administrator grants it: rabbitmqctl set_permissions -p VHOST USER CONFIGURE WRITE READ.',
      problem: 'forbidden',
    },
  ],
  [
    404,
    {
      words: 'It does not exist on the broker',
      next: 'Correct the name, or create it first.',
      problem: 'not_found',
    },
  ],
  [
    405,
    {
      words: 'The queue is locked by another connection',
      next: 'It is exclusive: it can be used again when that connection is gone.',
      problem: 'conflict',
    },
  ],
  [
    406,
    {
      words: 'The broker refused a precondition',
      next: 'Compare with what the broker has: its arguments, the message’s user-id, the acknowledgement.',
      problem: 'conflict',
    },
  ],
  [
    501,
    {
      words: 'The broker could not read a frame',
      next: 'Something between may change the bytes: a proxy, or a port that speaks another protocol.',
      problem: 'broker_unreachable',
    },
  ],
  [
    502,
    {
      words: 'The broker could not read a value',
      next: 'Check the headers that were sent.',
      problem: 'bad_input',
    },
  ],
  [
    503,
    {
      words: 'The broker did not expect this command',
      next: 'Report it with the broker’s version and log: this is a defect.',
      problem: 'internal',
    },
  ],
  [
    504,
    {
      words: 'A channel was used that was closed or never opened',
      next: 'Try again; report it when it comes back: this is a defect.',
      problem: 'internal',
    },
  ],
  [
    505,
    {
      words: 'The broker got a frame that it did not expect',
      next: 'Report it with the broker’s version and log: this is a defect.',
      problem: 'internal',
    },
  ],
  [
    506,
    {
      words: 'The broker has no resources left for it',
      next: 'Look at its limits, memory and disk.',
      problem: 'busy',
    },
  ],
  [
    530,
    {
      words: 'The broker does not allow it',
      next: 'Check that the vhost exists, that this user may use it, and its connection limit.',
      problem: 'forbidden',
    },
  ],
  [
    540,
    {
      words: 'The broker cannot do this with that kind of queue',
      next: 'A stream, for instance, can only be consumed.',
      problem: 'bad_input',
    },
  ],
  [
    541,
    {
      words: 'The broker failed inside',
      next: 'Its log says why. A header of a kind that it cannot take (NaN, infinity) does this too.',
      problem: 'broker_unreachable',
    },
  ],
]);
