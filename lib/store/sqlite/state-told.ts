/** What notifications told of and have not told the end of. A row that cannot be read is as if it had not been told. */
import { toldSchema } from '../../model/notification.ts';
import type { ToldStore } from '../state.ts';
import type { Db } from './database.ts';

export function toldOf(db: Db): ToldStore {
  const all = db.prepare<[], string>('SELECT told FROM told_problems ORDER BY key').pluck();
  const put = db.prepare<[string, string]>('INSERT OR REPLACE INTO told_problems (key, told) VALUES (?, ?)');
  const remove = db.prepare<[string]>('DELETE FROM told_problems WHERE key = ?');
  const write = db.transaction<ToldStore['putTold']>((told, over) => {
    for (const one of told) put.run(one.problem.key, JSON.stringify(one));
    for (const key of over) remove.run(key);
  });
  return {
    told: () => all.all().flatMap((text) => toldSchema.safeParse(JSON.parse(text)).data ?? []),
    putTold: (told, over) => write.immediate(told, over),
  };
}
