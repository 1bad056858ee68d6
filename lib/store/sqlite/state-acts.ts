/**
 * The audit log: an intent, then its outcome, in one chain of seals (../act-seal.ts). Entry and seal are one transaction,
 * so that two processes on one file cannot both follow the same entry.
 */
import type { Act } from '../../model/api.ts';
import type { AuditEntryView, AuditList } from '../../model/audit.ts';
import { canonical, FIRST_SEAL, outcomeSealOf, sealOf } from '../act-seal.ts';
import type { ActQuery, ActStore, AuditEntry } from '../state.ts';
import type { Db } from './database.ts';

interface ActRow {
  number: number;
  id: string;
  at: number;
  by_user: string;
  kind: string;
  words: string;
  intent: string;
  outcome: string | null;
  outcome_at: number | null;
  href: string | null;
  seal: string | null;
  outcome_seal: string | null;
}

type Chain = AuditList['chain'];

/** Where a check of the chain stands: it goes on from here when only entries came that are new. */
interface Checked extends Chain {
  number: number;
  /** ms since the process began, by the monotonic clock */
  wholeAt: number;
  tookMs: number;
}

/** The whole chain is gone through again when this many times its own time has passed: never more than 5 % of the time. */
const REST = 20;

export function actsOf(db: Db): ActStore {
  const intend = db.prepare<[number, string, number, string, string, string, string, string | null, string]>(
    'INSERT INTO acts (number, id, at, by_user, kind, words, intent, href, seal) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const end = db.prepare<[string, number, string | null, string]>(
    'UPDATE acts SET outcome = ?, outcome_at = ?, outcome_seal = ? WHERE id = ?',
  );
  const sealById = db.prepare<[string], { seal: string | null }>('SELECT seal FROM acts WHERE id = ?');
  const last = db.prepare<[], { number: number }>('SELECT coalesce(max(number), 0) AS number FROM acts');
  const head = db.prepare<[], { number: number; seal: string }>('SELECT number, seal FROM audit_head');
  const putHead = db.prepare<[number, string]>('INSERT OR REPLACE INTO audit_head VALUES (1, ?, ?)');
  const list = db.prepare<[number], Act>(
    'SELECT id, at, by_user AS by, kind, words, outcome, href FROM acts ORDER BY number DESC LIMIT ?',
  );
  const above = db.prepare<[number], ActRow>('SELECT * FROM acts WHERE number > ? ORDER BY number');
  let checked: Checked | null = null;

  const record = db.transaction((e: Omit<AuditEntry, 'outcome' | 'outcomeAt'>) => {
    const before = head.get();
    // a number that was cut off the end is not given again: the gap stays to be seen
    const number = Math.max(last.get()?.number ?? 0, before?.number ?? 0) + 1;
    const intent = canonical(e.intent ?? null);
    const seal = sealOf(before?.seal ?? FIRST_SEAL, { ...e, number, intent });
    intend.run(number, e.id, e.at, e.by, e.kind, e.words, intent, e.href, seal);
    putHead.run(number, seal);
  });

  /** Goes on from `from` over the entries after it. */
  function checkFrom(from: Pick<Checked, 'state' | 'checked' | 'brokenAt' | 'head' | 'number'>) {
    let { state, checked: count, brokenAt, head: seal, number } = from;
    const broken = (at: number) => {
      if (state === 'broken') return;
      state = 'broken';
      brokenAt = at;
    };
    for (const row of above.iterate(number)) {
      number = row.number;
      if (row.seal === null) {
        // entries from before there were seals stand before all others
        if (seal !== null) broken(number);
        continue;
      }
      if (row.seal !== sealOf(seal ?? FIRST_SEAL, { ...row, by: row.by_user })) broken(number);
      if (row.outcome_seal !== sealOfOutcome(row)) broken(number);
      seal = row.seal;
      count++;
    }
    return { state, checked: count, brokenAt, head: seal, number };
  }

  const verify = db.transaction((): Chain => {
    const began = performance.now();
    let now: Checked;
    if (checked && checked.state === 'whole' && began - checked.wholeAt < REST * checked.tookMs)
      now = { ...checked, ...checkFrom(checked) };
    else {
      const from = { state: 'whole' as const, checked: 0, brokenAt: null, head: null, number: 0 };
      now = { ...checkFrom(from), wholeAt: began, tookMs: performance.now() - began };
    }
    checked = now;
    const { state, checked: count, brokenAt, head: seal, number } = now;
    const end = head.get();
    // the end was cut off: the number and the seal that were given last are not there
    if (end && state === 'whole' && (end.number !== number || end.seal !== seal))
      return { state: 'broken', checked: count, brokenAt: number + 1, head: seal };
    return { state, checked: count, brokenAt, head: seal };
  });

  return {
    recordIntent: (entry) => record.immediate(entry),
    recordOutcome(id, outcome, at) {
      const seal = sealById.get(id)?.seal ?? null;
      end.run(outcome, at, seal === null ? null : outcomeSealOf(seal, outcome, at), id);
    },
    listActs: (limit) => list.all(limit),
    acts: (query) => {
      const { where, values } = conditionOf(query);
      return db
        .prepare<(string | number)[], ActRow>(`SELECT * FROM acts ${where} ORDER BY number DESC LIMIT ?`)
        .all(...values, query.limit)
        .map(viewOf);
    },
    actsAfter: (query, after) => {
      const { where, values } = conditionOf(query, after);
      return db
        .prepare<(string | number)[], ActRow & { previous: string | null }>(
          `SELECT *, (SELECT p.seal FROM acts p WHERE p.number < acts.number AND p.seal IS NOT NULL
                      ORDER BY p.number DESC LIMIT 1) AS previous
           FROM acts ${where} ORDER BY number LIMIT ?`,
        )
        .all(...values, query.limit)
        .map(({ previous, ...row }) => ({ ...viewOf(row), previousSeal: previous ?? FIRST_SEAL }));
    },
    actNames: () => ({
      users: db.prepare<[], string>('SELECT DISTINCT by_user FROM acts ORDER BY 1').pluck().all(),
      kinds: db.prepare<[], string>('SELECT DISTINCT kind FROM acts ORDER BY 1').pluck().all(),
    }),
    verifyChain: () => verify.deferred(),
  };
}

function sealOfOutcome(row: ActRow): string | null {
  if (row.seal === null || row.outcome === null) return null;
  // a time that is gone fits no seal
  return outcomeSealOf(row.seal, row.outcome, row.outcome_at ?? Number.NaN);
}

function viewOf({ by_user, outcome_at, outcome_seal, intent, ...row }: ActRow): AuditEntryView {
  return {
    ...row,
    by: by_user,
    intent: JSON.parse(intent),
    outcomeAt: outcome_at,
    outcomeSeal: outcome_seal,
  };
}

function conditionOf(query: ActQuery, after?: number): { where: string; values: (string | number)[] } {
  const parts: string[] = [];
  const values: (string | number)[] = [];
  const must = (sql: string, ...more: (string | number)[]) => {
    parts.push(sql);
    values.push(...more);
  };
  if (query.by !== undefined) must('by_user = ?', query.by);
  if (query.kind !== undefined) must('kind = ?', query.kind);
  if (query.from !== undefined) must('at >= ?', query.from);
  if (query.to !== undefined) must('at <= ?', query.to);
  if (query.before !== undefined) must('number < ?', query.before);
  if (after !== undefined) must('number > ?', after);
  if (query.text !== undefined) {
    const like = (text: string) => `%${text.replace(/[\\%_]/g, '\\$&')}%`;
    const plain = like(query.text);
    // within the intent's JSON a quote or a backslash stands escaped
    const inJson = like(JSON.stringify(query.text).slice(1, -1));
    must(
      "(words LIKE ? ESCAPE '\\' OR outcome LIKE ? ESCAPE '\\' OR intent LIKE ? ESCAPE '\\' OR seal = ?)",
      plain,
      plain,
      inJson,
      query.text.toLowerCase(),
    );
  }
  return { where: parts.length > 0 ? `WHERE ${parts.join(' AND ')}` : '', values };
}
