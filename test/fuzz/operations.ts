import { type Json, listOf, objectOf } from './schema-values.ts';

/** An operation of a document. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** Schemas of the body, by its type; null where it has none. */
  readonly body: Readonly<Record<string, Json>> | null;
  /** What it may answer, by status. */
  readonly answers: ReadonlyMap<number, AnswerContent>;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'path' | 'header';
  readonly required: boolean;
  readonly style: string | null;
  readonly schema: Json;
}

/** JSON Pointers to the schemas of an answer's body, by its type; none where it has no body. */
export type AnswerContent = ReadonlyMap<string, string>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** All operations of a document. */
export function operationsOf(document: Json): readonly Operation[] {
  return Object.entries(objectOf(document['paths'])).flatMap(([path, value]) => {
    const item = objectOf(value);
    return METHODS.filter((method) => method in item).map((method) =>
      operationOf(document, path, item, method),
    );
  });
}

function operationOf(document: Json, path: string, item: Json, method: string): Operation {
  const operation = objectOf(item[method]);
  const parameters = [...listOf(item['parameters']), ...listOf(operation['parameters'])];
  const { requestBody } = operation;
  const at = `/paths/${escaped(path)}/${method}/responses`;
  const responses = Object.entries(objectOf(operation['responses']));
  return {
    id: String(operation['operationId']),
    method: method.toUpperCase(),
    path,
    parameters: parameters.map((parameter) => parameterOf(follow(document, parameter))),
    body: requestBody ? schemasOf(objectOf(objectOf(requestBody)['content'])) : null,
    answers: new Map(
      responses.map(([status, response]) => {
        const place = placeOf(objectOf(response), `${at}/${status}`);
        const { content = {} } = follow(document, objectOf(response));
        const types = Object.keys(objectOf(content));
        return [
          Number(status),
          new Map(types.map((type) => [type, `${place}/content/${escaped(type)}/schema`])),
        ];
      }),
    ),
  };
}

function schemasOf(content: Json): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    Object.entries(content).map(([type, media]) => [type, objectOf(objectOf(media)['schema'])]),
  );
}

function parameterOf(parameter: Json): Parameter {
  const place = parameter['in'];
  if (place !== 'query' && place !== 'path' && place !== 'header') throw new TypeError(`in ${place}`);
  return {
    name: String(parameter['name']),
    in: place,
    required: parameter['required'] === true,
    style: typeof parameter['style'] === 'string' ? parameter['style'] : null,
    schema: objectOf(parameter['schema']),
  };
}

function follow(document: Json, value: Json): Json {
  const { $ref } = value;
  if (typeof $ref !== 'string') return value;
  return $ref
    .split('/')
    .slice(1)
    .reduce<Json>((at, step) => objectOf(at[step]), document);
}

/** Where a thing stands in the document: a reference says so itself. */
function placeOf({ $ref }: Json, place: string): string {
  return typeof $ref === 'string' ? $ref.slice(1) : place;
}

function escaped(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1');
}
