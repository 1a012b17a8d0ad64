import { isDeepStrictEqual } from 'node:util';
import type { Setting, Variant } from './setting.ts';

/** Throws unless all Workers answer the same records: to compare them otherwise would mean nothing. */
export async function assertSameAnswers(setting: Setting): Promise<void> {
  const answers = await Promise.all(setting.variants.map((variant) => readSome(setting, variant)));
  if (!answers.every((answer) => isDeepStrictEqual(answer, answers[0]))) {
    throw new Error(`The Workers answer different records: ${JSON.stringify(answers)}`);
  }
}

async function readSome(setting: Setting, { workerd, ...paths }: Variant): Promise<object> {
  const read = async (path: string): Promise<string> => {
    const answer = await fetch(new URL(path, workerd.url), { headers: setting.headers });
    return await answer.text();
  };
  const one: object = JSON.parse(await read(`${paths.movies}/${setting.ids[0]}`));
  const lists = await Promise.all([`${paths.movies}?limit=25`, paths.ofYear(1950), paths.expanded].map(read));
  const records = lists.flatMap((list): readonly object[] => JSON.parse(list).data);
  return [one, ...records].map(withoutTimes);
}

/** Times are written as `2026-01-02T03:04:05Z` by one, and as Postgres writes them by the other. */
function withoutTimes(movie: object): object {
  return Object.fromEntries(
    Object.entries(movie)
      .filter(([name]) => !name.endsWith('_at'))
      .map(([name, value]) => [name, name === 'of' ? withoutTimes(value) : value]),
  );
}
