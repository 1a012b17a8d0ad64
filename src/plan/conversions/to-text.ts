import { always, type ConversionsFrom, losing, losingWhereItFits } from './conversion.ts';

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
  interval: always((value) => `remodel.iso_8601(${value})`),
  choices: losing((value) => `remodel.text_of(${value})`),
};

/** The first of several. */
export const toChoice: ConversionsFrom = {
  ...toText,
  choices: losingWhereItFits((value) => `(${value})[1]`),
};
