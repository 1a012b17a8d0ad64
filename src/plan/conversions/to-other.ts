import { specOf } from '../../definition/field-types.ts';
import { optionsSql } from '../../definition/values/options.ts';
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

/** A text that is no option by itself is taken apart at its commas. */
export const toChoices: ConversionsFrom = {
  text: whereItFits((value, _from, to) => `remodel.list_of(${value}, ${optionsSql(to.options ?? [])})`),
  json: whereItFits((value) => `remodel.list_of(${value})`),
  choices: always((value) => value),
};

export const toPoint: ConversionsFrom = {
  // Other points than those of Postgres itself are made by their extension alone.
  json: (from, to) => (to.postgis ? null : whereItFits((value) => `remodel.point_of(${value})`)(from, to)),
  point: always((value) => value),
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
  interval: always((value) => `to_jsonb(remodel.iso_8601(${value}))`),
  choices: plain,
  point: always((value, from) => `to_jsonb(${specOf(from).jsonExpression(value)})`),
  vector: always((value) => `${value}::text::jsonb`),
  json: always((value) => value),
};
