import { always, type ConversionsFrom } from './conversion.ts';

const cast = always((value) => `${value}::text`);
const written = always((value) => `remodel.text_of(${value})`);

/** Each value as its JSON form shows it. */
export const toText: ConversionsFrom = {
  text: always((value) => value),
  integer: cast,
  bigint: cast,
  decimal: cast,
  float: cast,
  boolean: cast,
  date: written,
  time: cast,
  timestamp: written,
  uuid: cast,
  json: written,
};
