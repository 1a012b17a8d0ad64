import {
  type BinaryOperator,
  type Branch,
  type Expression,
  ExpressionError,
  KEYWORDS,
} from './expression.ts';
import { COMPARISON_LEVEL, LEVELS } from './precedence.ts';
import { type Token, tokenize } from './tokens.ts';

/** Nesting that is beyond any reader keeps the recursion here, and that of Postgres, short. */
const MAX_DEPTH = 50;

/** Parts of one expression. */
const MAX_NODES = 500;

/** Reads an expression. Throws `ExpressionError`. Ids of fields are read only in what a definition keeps. */
export function parseExpression(text: string, fields: 'names' | 'ids'): Expression {
  return new ExpressionParser(tokenize(text), fields).parse();
}

class ExpressionParser {
  readonly #tokens: readonly Token[];
  readonly #fields: 'names' | 'ids';
  #next = 0;
  #depth = 0;
  #nodes = 0;

  constructor(tokens: readonly Token[], fields: 'names' | 'ids') {
    this.#tokens = tokens;
    this.#fields = fields;
  }

  parse(): Expression {
    const expression = this.#expression();
    if (this.#token.kind !== 'end') throw this.#unexpected('an operator or the end');
    return expression;
  }

  get #token(): Token {
    // The last token is `end`, and nothing goes past it.
    const token = this.#tokens[this.#next];
    if (!token) throw new RangeError('read past the end of an expression');
    return token;
  }

  #expression(): Expression {
    return this.#nested(() => this.#binary(0));
  }

  #nested(read: () => Expression): Expression {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH)
      throw new ExpressionError(this.#token.at, 'is nested too deeply from here on');
    const expression = read();
    this.#depth -= 1;
    return expression;
  }

  #binary(level: number): Expression {
    const operators = LEVELS[level];
    if (!operators) return this.#negative();
    if (level === COMPARISON_LEVEL && this.#isWord('not')) return this.#not();
    let left = this.#binary(level + 1);
    for (let chained = 0; ; chained++) {
      const { at } = this.#token;
      if (level === COMPARISON_LEVEL && this.#isWord('is')) {
        left = this.#isNull(left);
        continue;
      }
      const operator = this.#operator(operators);
      if (!operator) return left;
      if (level === COMPARISON_LEVEL && chained > 0) {
        throw new ExpressionError(at, 'comparisons do not chain: write a < b and b < c');
      }
      left = this.#node({ kind: 'binary', operator, left, right: this.#binary(level + 1), at: left.at });
    }
  }

  #operator(operators: readonly BinaryOperator[]): BinaryOperator | undefined {
    const { kind, text } = this.#token;
    if (kind !== 'symbol' && kind !== 'word') return undefined;
    const written = text === '<>' ? '!=' : text.toLowerCase();
    const operator = operators.find((known) => known === written);
    if (operator) this.#next += 1;
    return operator;
  }

  #not(): Expression {
    const { at } = this.#token;
    this.#next += 1;
    return this.#node({
      kind: 'unary',
      operator: 'not',
      operand: this.#nested(() => this.#binary(COMPARISON_LEVEL)),
      at,
    });
  }

  #isNull(operand: Expression): Expression {
    this.#next += 1;
    const negated = this.#takeWord('not');
    if (!this.#takeWord('null')) throw this.#unexpected('null: after is stands null or not null');
    return this.#node({ kind: 'isNull', operand, negated, at: operand.at });
  }

  #negative(): Expression {
    const { at } = this.#token;
    if (!this.#takeSymbol('-')) return this.#primary();
    return this.#node({ kind: 'unary', operator: '-', operand: this.#nested(() => this.#negative()), at });
  }

  #primary(): Expression {
    const { kind, text, at } = this.#token;
    switch (kind) {
      case 'number':
        this.#next += 1;
        return this.#node({ kind, text: text.replace(/^0+(?=\d)/, ''), at });
      case 'text':
        this.#next += 1;
        return this.#node({ kind, value: text, at });
      case 'name':
        this.#next += 1;
        return this.#node({ kind: 'field', field: { by: 'name', value: text }, at });
      case 'id':
        if (this.#fields === 'names') throw this.#unexpected('a field by its name');
        this.#next += 1;
        return this.#node({ kind: 'field', field: { by: 'id', value: text }, at });
      case 'word':
        return this.#word(text, at);
      case 'symbol':
      case 'end': {
        if (!this.#takeSymbol('(')) throw this.#unexpected('a value: a field, a constant, a function or (');
        const expression = this.#expression();
        this.#expectSymbol(')');
        return expression;
      }
    }
  }

  #word(text: string, at: number): Expression {
    const word = text.toLowerCase();
    if (word === 'case') return this.#case(at);
    if (word === 'if') return this.#if(at);
    if (word === 'null' || word === 'true' || word === 'false') {
      this.#next += 1;
      return this.#node(
        word === 'null' ? { kind: word, at } : { kind: 'boolean', value: word === 'true', at },
      );
    }
    if (KEYWORDS.has(word)) throw this.#unexpected('a value');
    this.#next += 1;
    if (!this.#takeSymbol('(')) return this.#node({ kind: 'field', field: { by: 'name', value: text }, at });
    return this.#node({ kind: 'call', name: word, parameters: this.#parameters(), at });
  }

  #parameters(): readonly Expression[] {
    const parameters: Expression[] = [];
    if (this.#takeSymbol(')')) return parameters;
    do parameters.push(this.#expression());
    while (this.#takeSymbol(','));
    this.#expectSymbol(')');
    return parameters;
  }

  /** `if(condition, value, otherwise)`, the short form of a case with one branch. */
  #if(at: number): Expression {
    this.#next += 1;
    this.#expectSymbol('(');
    const [when, result, otherwise, more] = this.#parameters();
    if (!when || !result || more)
      throw new ExpressionError(at, 'if takes a condition, a value, and a value otherwise');
    return this.#node({ kind: 'case', branches: [{ when, result }], otherwise: otherwise ?? null, at });
  }

  #case(at: number): Expression {
    this.#next += 1;
    const branches: Branch[] = [];
    while (this.#takeWord('when')) {
      const when = this.#expression();
      if (!this.#takeWord('then')) throw this.#unexpected('then');
      branches.push({ when, result: this.#expression() });
    }
    if (branches.length === 0)
      throw this.#unexpected('when: case when CONDITION then VALUE … else VALUE end');
    const otherwise = this.#takeWord('else') ? this.#expression() : null;
    if (!this.#takeWord('end')) throw this.#unexpected(otherwise ? 'end' : 'when, else or end');
    return this.#node({ kind: 'case', branches, otherwise, at });
  }

  #node(node: Expression): Expression {
    this.#nodes += 1;
    if (this.#nodes > MAX_NODES) throw new ExpressionError(node.at, `has more than ${MAX_NODES} parts`);
    return node;
  }

  #isWord(word: string): boolean {
    return this.#token.kind === 'word' && this.#token.text.toLowerCase() === word;
  }

  #takeWord(word: string): boolean {
    if (!this.#isWord(word)) return false;
    this.#next += 1;
    return true;
  }

  #takeSymbol(symbol: string): boolean {
    if (this.#token.kind !== 'symbol' || this.#token.text !== symbol) return false;
    this.#next += 1;
    return true;
  }

  #expectSymbol(symbol: string): void {
    if (!this.#takeSymbol(symbol)) throw this.#unexpected(symbol);
  }

  #unexpected(wanted: string): ExpressionError {
    const { kind, text, at } = this.#token;
    const found = kind === 'text' ? `'${text}'` : text;
    return new ExpressionError(at, `found ${found} where ${wanted} should stand`);
  }
}
