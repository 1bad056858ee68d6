/** Where a setting comes from: the environment, else the file that HOPLIGHT_CONFIG names. */
import { describe, expect, it } from 'vitest';
import { amqpUrlFor, parseConfig, settings } from './config.ts';

const file = (text: string) => () => text;

describe('settings', () => {
  it('are those of the environment before those of the file', () => {
    const read = file('{"HOPLIGHT_DATA":"/file","AMQP_URL":"amqp://file"}');
    expect(settings({ HOPLIGHT_CONFIG: 'f.json', HOPLIGHT_DATA: '/env', AMQP_URL: '' }, read)).toMatchObject({
      HOPLIGHT_DATA: '/env',
      AMQP_URL: 'amqp://file',
    });
  });

  it('of the file may be numbers, truth values and lists', () => {
    const read = file('{"HOPLIGHT_BODY_BYTES":0,"HOPLIGHT_TAP":false,"HOPLIGHT_TAP_VHOSTS":["/","b"]}');
    expect(settings({ HOPLIGHT_CONFIG: 'f.json' }, read)).toMatchObject({
      HOPLIGHT_BODY_BYTES: '0',
      HOPLIGHT_TAP: 'false',
      HOPLIGHT_TAP_VHOSTS: '/,b',
    });
  });

  it('refuse a file that is none, and a name in it that nobody reads', () => {
    for (const text of ['', '[1]', '{"HOPLIGHT_DATA":{}}', '{"HOPLIGHT_DATA":null}'])
      expect(() => settings({ HOPLIGHT_CONFIG: 'f.json' }, file(text))).toThrow(/cannot be read as a JSON/);
    expect(() => settings({ HOPLIGHT_CONFIG: 'f.json' }, file('{"HOPLIGHT_TAPS":"off"}'))).toThrow(
      /no setting HOPLIGHT_TAPS/,
    );
  });
});

describe('what readings may cost', () => {
  it('is a share, in percent or as a part of one', () => {
    const share = (value: string) => parseConfig({ HOPLIGHT_READ_SHARE: value }).readShare;
    expect([share('5%'), share('0.02'), share('.5'), parseConfig({}).readShare]).toEqual([
      0.05, 0.02, 0.5, 0.05,
    ]);
    for (const wrong of ['5', '0', '90%', 'x', '-1%'])
      expect(() => share(wrong)).toThrow(/HOPLIGHT_READ_SHARE: must be/);
  });

  it('names where the nodes’ metrics are, or that they are not to be asked', () => {
    const at = (PROMETHEUS_URL?: string) => parseConfig({ PROMETHEUS_URL }).prometheus;
    expect([at(), at('off'), at('http://a:15692, https://u:p,w@b')]).toEqual([
      'listeners',
      'off',
      ['http://a:15692', 'https://u:p,w@b'],
    ]);
    expect(() => at('ftp://a')).toThrow(/PROMETHEUS_URL/);
  });
});

describe('addresses of a cluster', () => {
  const amqp = 'amqp://ann:a,b@one:1/orders, amqp://two:2';
  it('come as lists with commas, with the account and the vhost of the first', () => {
    const config = parseConfig({ AMQP_URL: amqp, MANAGEMENT_URL: 'http://x:y@one:15672/,https://two' });
    expect(config.service).toEqual({ user: 'ann', password: 'a,b', vhost: 'orders' });
    expect(config.amqpUrl).toBe('amqp://ann:a%2Cb@one:1/orders,amqp://ann:a%2Cb@two:2/orders');
    expect(config.managementUrl).toBe('http://one:15672,https://two');
    expect(amqpUrlFor(config, 'bob', 'p', 'a/b')).toBe('amqp://bob:p@one:1/a%2Fb,amqp://bob:p@two:2/a%2Fb');
  });

  it('are refused by the setting’s name when one of them is none', () => {
    expect(() => parseConfig({ MANAGEMENT_URL: 'http://one,ftp://two' })).toThrow(
      /^MANAGEMENT_URL: must look/,
    );
  });
});

describe('the door for spans', () => {
  const token = 'a-token-of-some-length';
  it.each([
    ['on this machine', {}, 'on'],
    ['on this machine, switched off', { HOPLIGHT_OTLP: 'off' }, 'off'],
    ['where others reach it', { HOPLIGHT_HOST: '0.0.0.0' }, 'no token'],
    ['where others reach it, with a token', { HOPLIGHT_HOST: '0.0.0.0', HOPLIGHT_OTLP_TOKEN: token }, 'on'],
  ] as const)('%s', (_, env, state) => {
    expect(parseConfig({ ...env }).otlp.state).toBe(state);
  });

  it('asked for where others reach it, without a token, stops the start', () => {
    const env = { HOPLIGHT_HOST: '0.0.0.0', HOPLIGHT_OTLP: 'on' };
    expect(() => parseConfig(env)).toThrow(/^HOPLIGHT_OTLP: .*set HOPLIGHT_OTLP_TOKEN too$/);
    expect(() => parseConfig({ HOPLIGHT_OTLP_TOKEN: 'short' })).toThrow(/^HOPLIGHT_OTLP_TOKEN: must be 16/);
  });
});

describe('the webhook', () => {
  const secret = 'https://canary:canary@hooks.example/canary';
  it('is off without an address; its address holds no credentials, and no refusal says it', () => {
    expect(parseConfig({ HOPLIGHT_WEBHOOK_AUTHORIZATION: 'Bearer x' }).webhook).toBeNull();
    expect(
      parseConfig({
        HOPLIGHT_WEBHOOK_URL: 'http://receiver:8080/x?y=1',
        HOPLIGHT_WEBHOOK_REPEAT_MINUTES: '0',
        HOPLIGHT_PUBLIC_URL: 'https://hoplight.example/',
      }).webhook,
    ).toEqual({
      url: 'http://receiver:8080/x?y=1',
      authorization: null,
      level: 'warn',
      repeatMs: 0,
      publicUrl: 'https://hoplight.example',
    });
    for (const HOPLIGHT_WEBHOOK_URL of [secret, 'ftp://canary', 'canary'])
      expect(() => parseConfig({ HOPLIGHT_WEBHOOK_URL })).toThrow(/^HOPLIGHT_WEBHOOK_URL: (?!.*canary)/);
  });
});
