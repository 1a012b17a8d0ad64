import type { Load } from './load.ts';
import { movie } from './movie.ts';
import type { Setting, Variant } from './setting.ts';

/** The requests that are measured. */
export const OPERATIONS = ['get', 'list 25', 'insert'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** The load of one operation on one Worker. */
export function movieLoad(
  setting: Setting,
  { workerd, movies }: Variant,
  operation: Operation,
  volume: Pick<Load, 'connections' | 'until'>,
): Load {
  const common = { url: workerd.url.href, headers: setting.headers, ...volume };
  switch (operation) {
    case 'get':
      return { ...common, method: 'GET', paths: setting.ids.map((id) => `${movies}/${id}`), status: 200 };
    case 'list 25':
      return { ...common, method: 'GET', paths: [`${movies}?limit=25`], status: 200 };
    case 'insert': {
      const bodies = Array.from({ length: 100 }, (_, n) => JSON.stringify(movie(n)));
      return { ...common, method: 'POST', paths: [movies], bodies, status: 201 };
    }
  }
}
