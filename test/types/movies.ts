// The models of the workspace main, generated from their definitions. Do not edit: fetch it again.

/** The definitions that these types were made from. A client that has them is told when they are no longer those. */
export const hashes = {
  movie: '568e3234f249b6a8068835388d65f4e18da2132bfcb148fe958bebb7412ea601',
  person: '416ecb1def89c104159b26a05ac403d8d7dae962a987bcdca63a218be8f58127',
  tag: '80a295a9abb543119e1170612c1b6be191c764646fbf89fbd1e9a725354c00ba',
} as const;

/** Of each model: its records as they are answered, created and changed, what filters ask, and where paths lead. */
export interface Models {
  /** Film */
  movie: {
    record: {
      id: string;
      created_at: string;
      updated_at: string;
      /** As on the poster. */
      title: string;
      isbn: string | null;
      year: number | null;
      gross: string | null;
      double: string | null;
      rating: "G" | "PG" | "R";
      genres: readonly ("drama" | "comedy")[] | null;
      released: string | null;
      seen_at: string | null;
      extra: unknown | null;
      place: { type: 'Point'; coordinates: readonly [number, number] } | null;
      director: string | null;
      tags: readonly string[];
    };
    create: {
      id?: string;
      title: string;
      isbn?: string | null;
      year?: number | null;
      gross?: string | null;
      rating?: "G" | "PG" | "R";
      genres?: readonly ("drama" | "comedy")[] | null;
      released?: string | null;
      seen_at?: string | null;
      extra?: unknown | null;
      place?: { type: 'Point'; coordinates: readonly [number, number] } | null;
      director?: string | null;
      tags?: readonly string[];
    };
    patch: {
      title?: string;
      isbn?: string | null;
      year?: number | null;
      gross?: string | null;
      rating?: "G" | "PG" | "R";
      genres?: readonly ("drama" | "comedy")[] | null;
      released?: string | null;
      seen_at?: string | null;
      extra?: unknown | null;
      place?: { type: 'Point'; coordinates: readonly [number, number] } | null;
      director?: string | null;
      tags?: readonly string[];
    };
    filter: {
      id?: Where['uuid'];
      created_at?: Where['timestamp'];
      updated_at?: Where['timestamp'];
      title?: Where['text'];
      isbn?: Where['text'];
      year?: Where['integer'];
      gross?: Where['bigint'];
      double?: Where['bigint'];
      rating?: Where['choice'];
      genres?: Where['choices'];
      released?: Where['date'];
      seen_at?: Where['timestamp'];
      extra?: Where['json'];
      place?: Where['point'];
      director?: Where['reference'];
      tags?: Where['references'];
    };
    relations: {
      'director': { to: 'person'; many: false };
      'tags': { to: 'tag'; many: true };
    };
  };
  person: {
    record: {
      id: string;
      created_at: string;
      updated_at: string;
      name: string;
      boss: string | null;
    };
    create: {
      name: string;
      boss?: string | null;
    };
    patch: {
      name?: string;
      boss?: string | null;
    };
    filter: {
      id?: Where['bigint'];
      created_at?: Where['timestamp'];
      updated_at?: Where['timestamp'];
      name?: Where['text'];
      boss?: Where['reference'];
    };
    relations: {
      'movie': { to: 'movie'; many: true };
      'movie(director)': { to: 'movie'; many: true };
      'boss': { to: 'person'; many: false };
      'person': { to: 'person'; many: true };
      'person(boss)': { to: 'person'; many: true };
    };
  };
  tag: {
    record: {
      id: string;
      created_at: string;
      updated_at: string;
    };
    create: {
      id: string;
    };
    patch: { [field: string]: never };
    filter: {
      id?: Where['text'];
      created_at?: Where['timestamp'];
      updated_at?: Where['timestamp'];
    };
    relations: {
      'movie': { to: 'movie'; many: true };
      'movie(tags)': { to: 'movie'; many: true };
    };
  };
}

/** What a filter may ask of a field, by the field's type. */
interface Where {
  text: { _eq?: string; _ne?: string; _in?: readonly string[]; _nin?: readonly string[]; _null?: boolean; _lt?: string; _lte?: string; _gt?: string; _gte?: string; _between?: readonly [string, string]; _contains?: string; _icontains?: string; _startsWith?: string; _endsWith?: string };
  integer: { _eq?: number; _ne?: number; _in?: readonly number[]; _nin?: readonly number[]; _null?: boolean; _lt?: number; _lte?: number; _gt?: number; _gte?: number; _between?: readonly [number, number] };
  bigint: { _eq?: string; _ne?: string; _in?: readonly string[]; _nin?: readonly string[]; _null?: boolean; _lt?: string; _lte?: string; _gt?: string; _gte?: string; _between?: readonly [string, string] };
  date: { _eq?: string; _ne?: string; _in?: readonly string[]; _nin?: readonly string[]; _null?: boolean; _lt?: string; _lte?: string; _gt?: string; _gte?: string; _between?: readonly [string, string] };
  timestamp: { _eq?: string; _ne?: string; _in?: readonly string[]; _nin?: readonly string[]; _null?: boolean; _lt?: string; _lte?: string; _gt?: string; _gte?: string; _between?: readonly [string, string] };
  uuid: { _eq?: string; _ne?: string; _in?: readonly string[]; _nin?: readonly string[]; _null?: boolean; _lt?: string; _lte?: string; _gt?: string; _gte?: string; _between?: readonly [string, string] };
  json: { _eq?: unknown; _ne?: unknown; _contains?: unknown; _null?: boolean; [name: string]: unknown };
  choice: { _eq?: string; _ne?: string; _in?: readonly string[]; _nin?: readonly string[]; _null?: boolean; _lt?: string; _lte?: string; _gt?: string; _gte?: string; _between?: readonly [string, string]; _contains?: string; _icontains?: string; _startsWith?: string; _endsWith?: string };
  choices: { _eq?: readonly string[]; _ne?: readonly string[]; _contains?: string | readonly string[]; _in?: readonly string[]; _nin?: readonly string[]; _null?: boolean };
  reference: { _eq?: string; _ne?: string; _in?: readonly string[]; _nin?: readonly string[]; _null?: boolean };
  references: { _contains?: string | readonly string[]; _in?: readonly string[]; _nin?: readonly string[]; _null?: boolean };
  point: { _near?: readonly [longitude: number, latitude: number, metres: number]; _within?: readonly [west: number, south: number, east: number, north: number]; _null?: boolean };
}
