import type { Operator } from './field-type.ts';

/** The sets of operators that field types choose from. */

export const EQUALITY: readonly Operator[] = ['_eq', '_ne', '_in', '_nin', '_null'];

export const ORDER: readonly Operator[] = [...EQUALITY, '_lt', '_lte', '_gt', '_gte', '_between'];

export const TEXT_SEARCH: readonly Operator[] = ['_contains', '_icontains', '_startsWith', '_endsWith'];
