import { always, type ConversionsFrom, losing, whereItFits } from './conversion.ts';

const isZeroOrOne = whereItFits((value) => `case ${value} when 0 then false when 1 then true end`);

export const toBoolean: ConversionsFrom = {
  text: whereItFits((value) => `remodel.boolean_of(${value})`),
  json: whereItFits((value) => `remodel.boolean_of(remodel.scalar_of(${value}))`),
  integer: isZeroOrOne,
  bigint: isZeroOrOne,
  decimal: isZeroOrOne,
  float: isZeroOrOne,
  boolean: always((value) => value),
};

export const toUuid: ConversionsFrom = {
  text: whereItFits((value) => `remodel.uuid_of(${value})`),
  json: whereItFits((value) => `remodel.uuid_of(remodel.scalar_of(${value}))`),
  uuid: always((value) => value),
};

const quoted = always((value) => `to_jsonb(remodel.text_of(${value}))`);
const plain = always((value) => `to_jsonb(${value})`);

/** Texts that are JSON become what they say, and lose their spaces and the order of members; others are strings. */
export const toJson: ConversionsFrom = {
  text: losing((value) => `remodel.json_of(${value})`),
  integer: plain,
  bigint: plain,
  decimal: plain,
  float: plain,
  boolean: plain,
  date: quoted,
  time: always((value) => `to_jsonb(${value}::text)`),
  timestamp: quoted,
  uuid: plain,
  json: always((value) => value),
};
