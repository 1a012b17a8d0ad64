/** What the types of a workspace (`types.ts`) look like to the client, and what it makes of them. */

/** One model: its records as they are answered, created and changed, what filters ask, and where paths lead. */
export interface ModelTypes {
  readonly record: object;
  readonly create: object;
  readonly patch: object;
  readonly filter: object;
  readonly relations: object;
}

/** The constraint on `Models`: an interface of models, whatever they are called. */
export type AllModels<M> = { readonly [N in keyof M]: ModelTypes };

export type ModelName<M> = keyof M & string;

type Field<M extends AllModels<M>, N extends ModelName<M>> = keyof M[N]['record'] & string;
type RelationName<M extends AllModels<M>, N extends ModelName<M>> = keyof M[N]['relations'] & string;

/** The model that a relation leads to. */
type Target<
  M extends AllModels<M>,
  N extends ModelName<M>,
  R extends RelationName<M, N>,
> = M[N]['relations'][R] extends { readonly to: infer T extends ModelName<M> } ? T : never;

/** What `select` takes: fields, and paths. Beyond its first name, a path is judged by the server. */
export type SelectPath<M extends AllModels<M>, N extends ModelName<M>> =
  | Field<M, N>
  | RelationName<M, N>
  | `${RelationName<M, N>}.${string}`;

/** What `expand` takes. */
export type ExpandPath<M extends AllModels<M>, N extends ModelName<M>> =
  | RelationName<M, N>
  | `${RelationName<M, N>}.${string}`;

/** What `sort` takes: a field or a path, `-` ahead to descend, `:nullsFirst` or `:nullsLast` behind. */
export type SortPath<
  M extends AllModels<M>,
  N extends ModelName<M>,
> = `${'' | '-'}${Field<M, N> | `${RelationName<M, N>}.${string}`}${'' | ':nullsFirst' | ':nullsLast'}`;

/** Conditions on records, by fields, along relations, and combined. */
export type Filter<M extends AllModels<M>, N extends ModelName<M>> = {
  readonly [F in keyof M[N]['filter']]?:
    | M[N]['filter'][F]
    | (F extends RelationName<M, N> ? Filter<M, Target<M, N, F>> : never);
} & {
  readonly [R in Exclude<RelationName<M, N>, keyof M[N]['filter']>]?: Filter<M, Target<M, N, R>>;
} & { readonly [P in `${RelationName<M, N>}.${string}`]?: object } & {
  readonly _and?: readonly Filter<M, N>[];
  readonly _or?: readonly Filter<M, N>[];
  readonly _not?: Filter<M, N>;
};

/** A record to create, with those that it refers to in the place of their ids, and those that refer to it. */
export type Nested<M extends AllModels<M>, N extends ModelName<M>> = {
  readonly [F in keyof M[N]['create']]: M[N]['create'][F] | NestedIn<M, N, F>;
} & {
  readonly [R in Exclude<RelationName<M, N>, keyof M[N]['create']>]?: readonly Partial<
    Nested<M, Target<M, N, R>>
  >[];
};

type NestedIn<M extends AllModels<M>, N extends ModelName<M>, F> =
  F extends RelationName<M, N>
    ? M[N]['relations'][F] extends { readonly many: true }
      ? readonly (string | Nested<M, Target<M, N, F>>)[]
      : Nested<M, Target<M, N, F>>
    : never;

/** The first name of a path, of those that have more; the paths that have no more; what stands behind a name. */
type Head<P extends string> = P extends `${infer H}.${string}` ? H : never;
type Plain<P extends string> = P extends `${string}.${string}` ? never : P;
type Below<P extends string, H extends string> = P extends `${H}.${infer R}` ? R : never;

/** A record as `select` (S) and `expand` (E) ask for it; `never` is what was not asked. */
export type Selected<
  M extends AllModels<M>,
  N extends ModelName<M>,
  S extends string,
  E extends string,
> = Shape<M, N, [S] extends [never] ? Field<M, N> : Plain<S>, S, E>;

type Shape<
  M extends AllModels<M>,
  N extends ModelName<M>,
  Own extends string,
  S extends string,
  E extends string,
> = {
  readonly [F in Exclude<Own & Field<M, N>, Followed<M, N, S, E>>]: M[N]['record'][F];
} & { readonly [R in Followed<M, N, S, E>]: Answer<M, N, R, S, E> };

/** The relations whose records stand in the place of their ids. */
type Followed<M extends AllModels<M>, N extends ModelName<M>, S extends string, E extends string> = (
  | Head<S | E>
  | Plain<E>
  | Exclude<Plain<S>, Field<M, N>>
) &
  RelationName<M, N>;

type Answer<
  M extends AllModels<M>,
  N extends ModelName<M>,
  R extends RelationName<M, N>,
  S extends string,
  E extends string,
> = M[N]['relations'][R] extends { readonly many: true }
  ? readonly Inner<M, Target<M, N, R>, Below<S, R>, Below<E, R>>[]
  : Inner<M, Target<M, N, R>, Below<S, R>, Below<E, R>> | OrNull<M[N]['record'], R>;

type Inner<M extends AllModels<M>, N extends ModelName<M>, S extends string, E extends string> = Shape<
  M,
  N,
  [Plain<S>] extends [never] ? Field<M, N> : Plain<S>,
  S,
  E
>;

type OrNull<Record, R> = R extends keyof Record ? (null extends Record[R] ? null : never) : never;
