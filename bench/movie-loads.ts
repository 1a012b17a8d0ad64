import type { Load } from './load.ts';
import { movie } from './movie.ts';
import type { Setting, Variant } from './setting.ts';

/** The requests that are measured. */
export const OPERATIONS = [
  'get',
  'list 25',
  'list 25 of a year by rating',
  'list 25 with what they refer to',
  'insert',
  'insert 1,000',
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** The load of one operation on one Worker. */
export function movieLoad(
  setting: Setting,
  { workerd, ...paths }: Variant,
  operation: Operation,
  volume: Pick<Load, 'connections' | 'until'>,
): Load {
  const common = { url: workerd.url.href, headers: setting.headers, ...volume };
  switch (operation) {
    case 'get':
      return {
        ...common,
        method: 'GET',
        paths: setting.ids.map((id) => `${paths.movies}/${id}`),
        status: 200,
      };
    case 'list 25':
      return { ...common, method: 'GET', paths: [`${paths.movies}?limit=25`], status: 200 };
    case 'list 25 of a year by rating': {
      const lists = Array.from({ length: 100 }, (_, n) => paths.ofYear(1900 + n));
      return { ...common, method: 'GET', paths: lists, status: 200 };
    }
    case 'list 25 with what they refer to':
      return { ...common, method: 'GET', paths: [paths.expanded], status: 200 };
    case 'insert': {
      const bodies = Array.from({ length: 100 }, (_, n) => JSON.stringify(movie(n)));
      return { ...common, method: 'POST', paths: [paths.movies], bodies, status: 201 };
    }
    case 'insert 1,000': {
      const bodies = [JSON.stringify(Array.from({ length: 1000 }, (_, n) => movie(n)))];
      return { ...common, method: 'POST', paths: [paths.many], bodies, status: 201 };
    }
  }
}
