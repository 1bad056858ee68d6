/**
 * What a notification says: the body of a POST to the webhook, version 1 (docs/notifications.md). Fields may be added to it;
 * a change that a reader of version 1 would not understand gets another version.
 */
import { z } from 'zod';
import { attentionSchema } from './live.ts';

/** Those of the attention list, and what keeps the list itself from being read. */
export const noticeCodeSchema = z.enum([
  ...attentionSchema.shape.code.options,
  'broker_away',
  'broker_unread',
]);

/** Something that needs a look, as the one who tells of it sees it. */
export const toldProblemSchema = z.object({
  /** The same as long as it is the same problem, whatever its figures are: a receiver may fold by it. */
  key: z.string(),
  code: noticeCodeSchema,
  level: z.enum(['dead', 'warn']),
  /** Empty: it is about the broker. */
  vhost: z.string(),
  /** Empty: it is about the broker or a vhost. */
  queue: z.string(),
  words: z.string(),
  figure: z.string(),
  /** ms since 1970; null: since when is not known. */
  since: z.number().nullable(),
  symptoms: z.array(z.object({ vhost: z.string(), queue: z.string(), words: z.string() })),
});
export type Problem = z.infer<typeof toldProblemSchema>;

/** A problem that was told of, kept until its end is told. */
export const toldSchema = z.object({
  problem: toldProblemSchema,
  /** When it was told of first and last, ms since 1970. */
  firstAt: z.number(),
  at: z.number(),
});
export type Told = z.infer<typeof toldSchema>;

const noticeSchema = toldProblemSchema.extend({
  since: z.iso.datetime().nullable(),
  /** The page of the queue; null where HOPLIGHT_PUBLIC_URL is not set. */
  url: z.string().nullable(),
});
export type Notice = z.infer<typeof noticeSchema>;

export const notificationSchema = z.object({
  version: z.literal(1),
  /** Differs for each notification, the same at each try of one. */
  id: z.string(),
  sentAt: z.iso.datetime(),
  /** Sent by hand, to see whether it arrives: all lists are empty. */
  test: z.boolean(),
  broker: z.object({ cluster: z.string().nullable(), version: z.string().nullable() }),
  /** Came, or became worse. */
  opened: z.array(noticeSchema),
  /** Told before, and still there. */
  lasting: z.array(noticeSchema),
  /** Told before, and over. */
  resolved: z.array(noticeSchema.extend({ until: z.iso.datetime() })),
  /** How many of each kind are not in the lists, which hold the gravest 20 at most. */
  more: z.object({ opened: z.number(), lasting: z.number(), resolved: z.number() }),
  /** All of it in Slack's mrkdwn, so that Slack and Mattermost take the body as it is. */
  text: z.string(),
});
export type Notification = z.infer<typeof notificationSchema>;

/** POST /api/notifications/test: nothing is to be said. */
export const notificationTestSchema = z.strictObject({});
export const notificationTestAnswerSchema = z.object({
  arrived: z.boolean(),
  /** Why it did not arrive; null: it did. */
  words: z.string().nullable(),
});
export type NotificationTestAnswer = z.infer<typeof notificationTestAnswerSchema>;
